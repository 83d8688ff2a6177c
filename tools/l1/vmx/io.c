// SPDX-License-Identifier: GPL-2.0-only
/*
 * The I/O bitmaps: SDM Vol. 3 25.6.4, 26.1.3, 28.2.1 (table 28-5).
 *
 * The ports are such as no device of our VMM has: an access that does not exit to L1 reads as
 * all ones and writes nothing.
 */
#include "l1/vmx/vmx.h"

static uint8_t *bitmap;

static void port_bit(uint32_t port, bool on)
{
	if (on)
		bitmap[port / 8] |= (uint8_t)(1U << port % 8);
	else
		bitmap[port / 8] &= (uint8_t) ~(1U << port % 8);
}

/* Two pages in a row: A is ports 0 to 0x7fff, B the rest. */
static struct l2 *start_l2(void (*fn)(void))
{
	struct l2 *l2 = vmx_l2_create(fn);

	bitmap = pages_alloc(2);
	vmwrite(VMCS_IO_BITMAP_A, phys(bitmap));
	vmwrite(VMCS_IO_BITMAP_B, phys(bitmap) + PAGE_SIZE);
	VMX_SET(PROC_CTLS, VMX_PROC_IO_BITMAPS);
	return l2;
}

static uint16_t l2_port;
static uint32_t l2_size;
static bool l2_in;

static void l2_io(void)
{
	uint32_t v = 0;

	switch (l2_size | (l2_in ? 8 : 0)) {
	case 1:
		outb(l2_port, 0x11);
		break;
	case 2:
		outw(l2_port, 0x2211);
		break;
	case 4:
		outl(l2_port, 0x44332211);
		break;
	case 9:
		v = inb(l2_port);
		break;
	case 10:
		v = inw(l2_port);
		break;
	case 12:
		v = inl(l2_port);
		break;
	}
	l2_call(v);
}

static void start(uint16_t port, uint32_t size, bool in)
{
	l2_port = port;
	l2_size = size;
	l2_in = in;
	expect_at("%s, %u bytes, port %#x: ", in ? "IN" : "OUT", size, port);
	vmwrite(VMCS_GUEST_RIP, code(l2_io));
	vmwrite(VMCS_GUEST_RSP, l2_stack());
}

static uint64_t all_ones(uint32_t size)
{
	return size == 4 ? 0xffffffff : (1ULL << size * 8) - 1;
}

static void io_exits(struct l2 *l2, uint16_t port, uint32_t size, bool in)
{
	uint64_t mask = all_ones(size);

	start(port, size, in);
	vmx_l2_run_to(l2, VMX_REASON_IO, "SDM 26.1.3");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION),
		  (size - 1) | (in ? VMX_IO_QUAL_IN : 0) | (uint64_t)port << 16, "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_EXIT_INSTRUCTION_LENGTH), size == 2 ? 2 : 1, "SDM 28.2.5");
	if (in)
		l2->gprs.rax = (l2->gprs.rax & ~mask) | (0x89abcdef & mask);
	else
		EXPECT_EQ(l2->gprs.rax & mask, 0x44332211 & mask, "SDM 26.1.3");
	vmx_l2_skip();
	vmx_l2_run_to_call(l2, in ? 0x89abcdef & mask : 0);
}

static void io_passes(struct l2 *l2, uint16_t port, uint32_t size, bool in)
{
	start(port, size, in);
	vmx_l2_run_to_call(l2, in ? all_ones(size) : 0);
}

/* Each size and direction by the bit of its first port, in both bitmaps. */
VMX_CASE(vmx_io_bitmap, 0, 40, L1_NEEDS(IO_BITMAP))
{
	static const struct {
		uint16_t port;
		uint32_t max_size; /* once in each bitmap all of them, the edges as bytes */
	} rows[] = {
		{ 0x0005, 1 }, { 0x04f0, 4 }, { 0x7ff0, 1 },
		{ 0x8000, 1 }, { 0xc0c7, 4 }, { 0xfff8, 1 },
	};
	struct l2 *l2 = start_l2(l2_io);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		port_bit(rows[i].port, true);
		for (uint32_t size = 1; size <= rows[i].max_size; size *= 2) {
			io_exits(l2, rows[i].port, size, false);
			io_exits(l2, rows[i].port, size, true);
		}
		port_bit(rows[i].port, false);
	}
}

/* A wide access exits by the bit of any of its ports, and not by those beside them. */
VMX_CASE(vmx_io_straddle, L1_SLOW, 19, L1_NEEDS(IO_BITMAP))
{
	struct l2 *l2 = start_l2(l2_io);

	port_bit(0x0503, true);
	io_exits(l2, 0x0502, 2, true);
	io_exits(l2, 0x0500, 4, true);
	io_exits(l2, 0x0500, 4, false);
	io_passes(l2, 0x0501, 2, true);
	io_passes(l2, 0x0504, 4, true);
	io_passes(l2, 0x0502, 1, true);
	/* From the end of bitmap A into B. */
	port_bit(0x8000, true);
	io_exits(l2, 0x7fff, 2, true);
	io_exits(l2, 0x7ffd, 4, false);
	io_passes(l2, 0x7ffc, 4, true);
	port_bit(0x8000, false);
	io_passes(l2, 0x7fff, 2, true);
	/* Wrapping past 0xffff exits whatever the bits say: 26.1.3. */
	io_exits(l2, 0xffff, 2, true);
	io_exits(l2, 0xfffd, 4, false);
}

/* Every bit set but those of one port: the access is done, and not by L1. */
VMX_CASE(vmx_io_pass, 0, 10, L1_NEEDS(IO_BITMAP))
{
	struct l2 *l2 = start_l2(l2_io);

	memset(bitmap, 0xff, 2 * PAGE_SIZE);
	for (uint32_t p = 0x0508; p < 0x050c; p++)
		port_bit(p, false);
	for (uint32_t size = 1; size <= 4; size *= 2) {
		io_passes(l2, 0x0508, size, true);
		io_passes(l2, 0x0508, size, false);
	}
	io_exits(l2, 0x050b, 2, true);
	io_exits(l2, 0x0507, 1, true);
}

/* Neither control: no exits. Unconditional: all, but the bitmaps win over it. */
VMX_CASE(vmx_io_unconditional, 0, 5, 0)
{
	struct l2 *l2 = vmx_l2_create(l2_io);

	VMX_CLEAR(PROC_CTLS, VMX_PROC_UNCONDITIONAL_IO);
	io_passes(l2, 0x0510, 1, true);
	VMX_SET(PROC_CTLS, VMX_PROC_UNCONDITIONAL_IO);
	io_exits(l2, 0x0510, 1, true);
	io_exits(l2, 0xfff0, 4, false);
	if (!l1_offers(L1_F_IO_BITMAP))
		return;
	bitmap = pages_alloc(2);
	vmwrite(VMCS_IO_BITMAP_A, phys(bitmap));
	vmwrite(VMCS_IO_BITMAP_B, phys(bitmap) + PAGE_SIZE);
	VMX_SET(PROC_CTLS, VMX_PROC_IO_BITMAPS);
	io_passes(l2, 0x0510, 1, true);
}

static uint8_t buffer[16];

static void l2_strings(void)
{
	const void *from = buffer;
	void *to = buffer;
	uint64_t count = 3;

	asm volatile("outsw" : "+S"(from) : "d"(0x0520) : "memory");
	l2_call(1);
	asm volatile("rep insl" : "+D"(to), "+c"(count) : "d"(0x0520) : "memory");
	l2_call(2);
	asm volatile("outb %%al, $0x81" : : "a"(0x5a));
}

/* INS and OUTS with their linear address, REP, and the immediate form. */
VMX_CASE(vmx_io_string, 0, 6, L1_NEEDS(IO_BITMAP))
{
	struct l2 *l2 = start_l2(l2_strings);

	memset(bitmap, 0xff, 2 * PAGE_SIZE);
	vmx_l2_run_to(l2, VMX_REASON_IO, "SDM 26.1.3 OUTS");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), 1 | VMX_IO_QUAL_STRING | 0x0520ULL << 16,
		  "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_GUEST_LINEAR_ADDRESS), phys(buffer), "SDM 28.2.1");
	EXPECT_EQ(l2->gprs.rsi, phys(buffer), "SDM 26.1.3: not yet advanced");
	if (vmx_basic() >> VMX_BASIC_INOUT_BIT & 1) {
		/* Address size 64 bits in 9:7, DS (3) in 17:15: table 28-8. */
		EXPECT_BITS(vmread(VMCS_EXIT_INSTRUCTION_INFO), 0x38380, 2 << 7 | 3 << 15,
			    "SDM 28.2.5");
	}
	vmx_l2_skip();
	vmx_l2_run_to_call(l2, 1);
	vmx_l2_run_to(l2, VMX_REASON_IO, "SDM 26.1.3 INS");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION),
		  3 | VMX_IO_QUAL_IN | VMX_IO_QUAL_STRING | VMX_IO_QUAL_REP | 0x0520ULL << 16,
		  "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_GUEST_LINEAR_ADDRESS), phys(buffer), "SDM 28.2.1");
	EXPECT_EQ(l2->gprs.rcx, 3, "SDM 26.1.3");
	EXPECT_EQ(l2->gprs.rdi, phys(buffer), "SDM 26.1.3");
	vmx_l2_skip();
	vmx_l2_run_to_call(l2, 2);
	vmx_l2_run_to(l2, VMX_REASON_IO, "SDM 26.1.3 OUT immediate");
	EXPECT_EQ(vmread(VMCS_EXIT_QUALIFICATION), VMX_IO_QUAL_IMMEDIATE | 0x81ULL << 16,
		  "SDM 28.2.1");
	EXPECT_EQ(vmread(VMCS_EXIT_INSTRUCTION_LENGTH), 2, "SDM 28.2.5");
	vmx_l2_skip();
	vmx_l2_run_to_end(l2);
}
