// SPDX-License-Identifier: GPL-2.0-only
/*
 * EPT: violations with their qualification, misconfigurations, remapping. SDM Vol. 3 28.2.1
 * (table 28-7), 29.3.
 */
#include "l1/vmx/vmx.h"

#define QUAL_ACCESS (VMX_EPT_QUAL_READ | VMX_EPT_QUAL_WRITE | VMX_EPT_QUAL_FETCH)
#define QUAL_RWX    (VMX_EPT_QUAL_READABLE | VMX_EPT_QUAL_WRITABLE | VMX_EPT_QUAL_EXECUTABLE)
#define QUAL_LINEAR (VMX_EPT_QUAL_LINEAR_VALID | VMX_EPT_QUAL_TRANSLATED)

static volatile uint64_t *target;

static uint64_t target_page(void)
{
	return phys(target) & ~(uint64_t)(PAGE_SIZE - 1);
}

static void l2_read(void)
{
	uint64_t v;

	asm volatile("ept_read_at: mov (%1), %0" : "=a"(v) : "r"(target) : "memory");
	l2_call(v);
}

static void l2_write(void)
{
	asm volatile("ept_write_at: mov %0, (%1)" : : "r"(0x77ULL), "r"(target) : "memory");
	l2_call(*target);
}

/* The target page holds a RET. */
static void l2_fetch(void)
{
	((void (*)(void))(uintptr_t)target)();
	l2_call(0xc3);
}

extern uint8_t ept_read_at[], ept_write_at[];

struct access {
	const char *name;
	void (*fn)(void);
	uint32_t qual;
	uint64_t needs;
	uint64_t result;
};

static const struct access accesses[] = {
	{ "read", l2_read, VMX_EPT_QUAL_READ, EPT_R, 0xc3 },
	{ "write", l2_write, VMX_EPT_QUAL_WRITE, EPT_W, 0x77 },
	{ "fetch", l2_fetch, VMX_EPT_QUAL_FETCH, EPT_X, 0xc3 },
};

static void start(const struct access *a)
{
	*target = 0xc3;
	vmwrite(VMCS_GUEST_RIP, code(a->fn));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
}

static uint64_t access_rip(const struct access *a)
{
	return a->fn == l2_read	 ? phys(ept_read_at) :
	       a->fn == l2_write ? phys(ept_write_at) :
				   phys(target);
}

static void expect_violation(const struct access *a, uint64_t permissions)
{
	uint64_t qual = vmread(VMCS_EXIT_QUALIFICATION);

	EXPECT_BITS(qual, QUAL_ACCESS, a->qual, "SDM 28.2.1");
	EXPECT_BITS(qual, QUAL_RWX, permissions << 3, "SDM 28.2.1");
	EXPECT_BITS(qual, QUAL_LINEAR, QUAL_LINEAR, "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_GUEST_PHYSICAL_ADDRESS), phys(target), "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_GUEST_LINEAR_ADDRESS), phys(target), "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_GUEST_RIP), access_rip(a), "SDM 28.3.3");
}

/* One access against one set of permissions. If it faults, L1 repairs the entry and L2 goes on. */
static void try(struct l2 *l2, const struct access *a, uint64_t permissions)
{
	uint64_t *leaf = pt_leaf_4k(&l2->ept, phys(target));

	expect_at("%s of a page %c%c%c: ", a->name, permissions & EPT_R ? 'R' : '-',
		  permissions & EPT_W ? 'W' : '-', permissions & EPT_X ? 'X' : '-');
	*leaf = target_page() | EPT_MEMTYPE_WB | permissions;
	vmx_l2_flush_ept(l2);
	start(a);
	if (!(permissions & a->needs)) {
		vmx_l2_run_to(l2, VMX_REASON_EPT_VIOLATION, "SDM 29.3.3.2");
		expect_violation(a, permissions);
		*leaf = target_page() | PT_EPT_ALL;
		vmx_l2_flush_ept(l2);
	}
	vmx_l2_run_to_call(l2, a->result);
}

static void new_target(void)
{
	/* Not at the page's start: the address of a violation has all its bits. */
	target = (uint64_t *)page_alloc() + 37;
	*target = 0xc3;
}

/* The first: no permission at all, by each kind of access. */
VMX_CORE_CASE(vmx_ept_violation, 6, L1_NEEDS(EPT))
{
	struct l2 *l2;

	new_target();
	l2 = vmx_l2_create(l2_read);
	vmx_l2_own_ept(l2);
	for (size_t i = 0; i < ARRAY_SIZE(accesses); i++)
		try(l2, &accesses[i], 0);
}

/* Every legal set of permissions by every kind of access. */
VMX_CASE(vmx_ept_permissions, 0, 22, L1_NEEDS(EPT))
{
	bool execute_only = vmx_msr(MSR_IA32_VMX_EPT_VPID_CAP) & VMX_CAP_EXECUTE_ONLY;
	struct l2 *l2;

	new_target();
	l2 = vmx_l2_create(l2_read);
	vmx_l2_own_ept(l2);
	for (uint64_t p = 0; p <= (EPT_R | EPT_W | EPT_X); p++) {
		if ((p & (EPT_R | EPT_W)) == EPT_W || (p == EPT_X && !execute_only))
			continue; /* misconfigurations: 29.3.3.1 */
		for (size_t i = 0; i < ARRAY_SIZE(accesses); i++)
			try(l2, &accesses[i], p);
	}
}

/* A page may what every entry on the way to it may: the qualification has them ANDed. */
VMX_CASE(vmx_ept_upper_permissions, L1_SLOW, 2, L1_NEEDS(EPT))
{
	uint64_t *leaf, *pde;
	struct l2 *l2;

	new_target();
	l2 = vmx_l2_create(l2_write);
	vmx_l2_own_ept(l2);
	leaf = pt_leaf_4k(&l2->ept, phys(target));
	*leaf = target_page() | PT_EPT_ALL;
	pde = pt_entry(&l2->ept, phys(target), 2);
	*pde &= ~(uint64_t)EPT_W;
	vmx_l2_flush_ept(l2);
	vmx_l2_run_to(l2, VMX_REASON_EPT_VIOLATION, "SDM 29.3.3.2");
	/* Another page below the same entry may have been written first: L2's stack. */
	EXPECT_BITS(vmread(VMCS_EXIT_QUALIFICATION), QUAL_ACCESS | QUAL_RWX,
		    VMX_EPT_QUAL_WRITE | VMX_EPT_QUAL_READABLE | VMX_EPT_QUAL_EXECUTABLE,
		    "SDM 28.2.1");
	*pde |= EPT_W;
	vmx_l2_flush_ept(l2);
	vmx_l2_run_to_call(l2, 0x77);
}

/*
 * L2's own page walk meets a hole: bit 8 of the qualification clear, the address that of the
 * paging entry. Its table is L1's, copied, so that L1 keeps its own.
 */
VMX_CASE(vmx_ept_walk, 0, 3, L1_NEEDS(EPT))
{
	struct page_table tables = pt_identity(PT_CR3);
	uint64_t *leaf, *pde, qual;
	struct l2 *l2;

	new_target();
	pde = pt_entry(&tables, phys(target), 2);
	l2 = vmx_l2_create(l2_read);
	vmx_l2_own_ept(l2);
	vmwrite(VMCS_GUEST_CR3, tables.root);
	leaf = pt_leaf_4k(&l2->ept, phys(pde));
	*leaf = 0;
	vmx_l2_flush_ept(l2);
	vmx_l2_run_to(l2, VMX_REASON_EPT_VIOLATION, "SDM 29.3.3.2");
	qual = vmread(VMCS_EXIT_QUALIFICATION);
	EXPECT_BITS(qual, VMX_EPT_QUAL_LINEAR_VALID | VMX_EPT_QUAL_TRANSLATED,
		    VMX_EPT_QUAL_LINEAR_VALID, "SDM 28.2.1");
	EXPECT_BITS(qual, VMX_EPT_QUAL_READ, VMX_EPT_QUAL_READ, "SDM 28.2.1");
	EXPECT_BITS(qual, VMX_EPT_QUAL_FETCH | QUAL_RWX, 0, "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_GUEST_PHYSICAL_ADDRESS) & ~7ULL,
		  phys(pt_entry(&tables, vmread(VMCS_GUEST_LINEAR_ADDRESS), 2)), "SDM 28.2.1");
	*leaf = (phys(pde) & ~(PAGE_SIZE - 1)) | PT_EPT_ALL;
	vmx_l2_flush_ept(l2);
	vmx_l2_run_to_call(l2, 0xc3);
	vmx_l2_run_to_end(l2);
}

/* Entries that no EPT may hold: 29.3.3.1. */
VMX_CASE(vmx_ept_misconfig, 0, 8, L1_NEEDS(EPT))
{
	static const struct {
		const char *name;
		uint64_t bits;
	} bad[] = {
		{ "write-only", EPT_W | EPT_MEMTYPE_WB },
		{ "write and execute", EPT_W | EPT_X | EPT_MEMTYPE_WB },
		{ "memory type 2", EPT_R | EPT_W | EPT_X | 2 << 3 },
		{ "memory type 7", EPT_R | EPT_W | EPT_X | 7 << 3 },
		{ "a bit past the address width", PT_EPT_ALL },
	};
	uint64_t *leaf;
	struct l2 *l2;

	new_target();
	l2 = vmx_l2_create(l2_read);
	vmx_l2_own_ept(l2);
	leaf = pt_leaf_4k(&l2->ept, phys(target));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		expect_at("%s: ", bad[i].name);
		*leaf = target_page() | bad[i].bits;
		if (bad[i].bits == PT_EPT_ALL) {
			if (max_physical_address() > 1ULL << 51)
				break;
			*leaf |= 1ULL << 51;
		}
		vmx_l2_flush_ept(l2);
		start(&accesses[0]);
		vmx_l2_run_to(l2, VMX_REASON_EPT_MISCONFIGURATION, "SDM 29.3.3.1");
		EXPECT_EQ(vmread(VMCS_GUEST_PHYSICAL_ADDRESS), phys(target), "SDM 28.2.1");
		EXPECT_EQ(vmread(VMCS_GUEST_RIP), phys(ept_read_at), "SDM 28.3.3");
		*leaf = target_page() | PT_EPT_ALL;
		vmx_l2_flush_ept(l2);
		vmx_l2_run_to_call(l2, 0xc3);
	}
}

static void l2_read_forever(void)
{
	for (;;)
		l2_call(*target);
}

/* A page behind L2's back: what it reads is the new one once INVEPT is done, by either type. */
static void remap(uint64_t page_size)
{
	uint64_t *pages[2];
	struct l2 *l2;

	for (unsigned int i = 0; i < 2; i++) {
		pages[i] = pages_alloc_aligned(1, page_size);
		pages[i][0] = 0x1000 + i;
	}
	target = pages[0];
	l2 = vmx_l2_create(l2_read_forever);
	vmx_l2_own_ept(l2);
	for (unsigned int round = 0; round < 5; round++) {
		uint64_t *to = pages[round & 1];
		uint64_t type = round & 2 ? VMX_INVEPT_ALL : VMX_INVEPT_SINGLE;
		uint64_t needs = round & 2 ? VMX_CAP_INVEPT_ALL : VMX_CAP_INVEPT_SINGLE;

		if (!(vmx_msr(MSR_IA32_VMX_EPT_VPID_CAP) & needs))
			continue;
		expect_at("page size %#lx, round %u: ", page_size, round);
		pt_map(&l2->ept, phys(target), phys(to), page_size, PT_EPT_ALL, page_size);
		EXPECT_RESULT(invept(type, (struct vmx_inv_operand){ vmx_l2_eptp(l2), 0 }), VMX_OK,
			      "SDM 31.3 INVEPT");
		vmx_l2_run_to_call(l2, 0x1000 + (round & 1));
	}
}

VMX_CASE(vmx_ept_remap, 0, 3, L1_NEEDS(EPT))
{
	remap(PAGE_SIZE);
}

VMX_CASE(vmx_ept_remap_2m, 0, 3, L1_NEEDS(EPT))
{
	remap(LARGE_PAGE);
}

/* All of L2's memory by one 1 GiB page. */
VMX_CASE(vmx_ept_1g, L1_SLOW, 2, L1_NEEDS(EPT) | L1_NEEDS(EPT_1G))
{
	struct l2 *l2;

	new_target();
	l2 = vmx_l2_create(l2_read_forever);
	l2->ept = pt_new(PT_EPT);
	pt_map(&l2->ept, 0, 0, 1ULL << 30, PT_EPT_ALL, 1ULL << 30);
	vmwrite(VMCS_EPT_POINTER, vmx_l2_eptp(l2));
	vmx_l2_flush_ept(l2);
	vmx_l2_run_to_call(l2, 0xc3);
	pt_leaf_4k(&l2->ept, phys(target))[0] = 0;
	vmx_l2_flush_ept(l2);
	vmx_l2_run_to(l2, VMX_REASON_EPT_VIOLATION, "SDM 29.3.3.2");
	EXPECT_EQ(vmread(VMCS_GUEST_PHYSICAL_ADDRESS), phys(target), "SDM 28.2.1");
}

VMX_CASE(vmx_invept_errors, 0, 0, L1_NEEDS(EPT))
{
	struct l2 *l2 = vmx_l2_create(l2_read);

	for (uint64_t type = 0; type < 5; type++) {
		if (type == VMX_INVEPT_SINGLE || type == VMX_INVEPT_ALL)
			continue;
		expect_at("INVEPT type %lu: ", type);
		EXPECT_VMX_ERROR(invept(type, (struct vmx_inv_operand){ vmx_l2_eptp(l2), 0 }),
				 INVEPT_BAD_OPERAND, "SDM 31.3 INVEPT");
	}
	if (!(vmx_msr(MSR_IA32_VMX_EPT_VPID_CAP) & VMX_CAP_INVEPT_SINGLE))
		return;
	/* A bad EPTP: memory type 2, and a page walk of 1. */
	expect_at("bad EPTP: ");
	EXPECT_VMX_ERROR(invept(VMX_INVEPT_SINGLE,
				(struct vmx_inv_operand){ l2->ept.root | 2 | VMX_EPTP_WALK(4), 0 }),
			 INVEPT_BAD_OPERAND, "SDM 31.3 INVEPT");
	EXPECT_VMX_ERROR(invept(VMX_INVEPT_SINGLE,
				(struct vmx_inv_operand){
					l2->ept.root | VMX_EPTP_WB | VMX_EPTP_WALK(1), 0 }),
			 INVEPT_BAD_OPERAND, "SDM 31.3 INVEPT");
}
