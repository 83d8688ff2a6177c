/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What L1's cases are written with; the manual of this room. Both vendors use it.
 *
 * The world of a case. L1 runs in 64-bit mode at CPL 0, interrupts off, with all of
 * L1_MEMORY identity-mapped (writable, executable, 2 MiB pages) and its LAPIC in x2APIC
 * mode. Before each case the runner (main.c) empties the heap, forgets interrupts and
 * handlers, clears DR0-3, CR2, TPR and what a failed case left behind, and calls the vendor's
 * enable(); after it, disable(). So a case starts from the same state whichever ran before.
 *
 * The world of an L2. L2 is C in this same image, with L1's own CR3, GDT, IDT and TSS and a
 * stack of its own, so that it runs the same with EPT/NPT and without. A case says
 *
 *	static void l2_reads(void)
 *	{
 *		l2_call(rdmsr(MSR_IA32_TSC) != 0);	-> exit to L1 with RAX = the argument
 *	}						-> returning: exit with RAX = L2_RETURNED
 *
 * and starts it at that function's address with RSP = l2_stack(). Memory is shared: L2 leaves
 * what it saw in static variables. Statics are not reset between cases: set them first.
 *
 * An exception or interrupt that L2 takes itself goes through the same IDT to the same
 * handlers here. One that nobody caught ends in L1_TRAPPED with vector, error code and RIP,
 * and says whether L2 was running.
 *
 * No FPU, no red zone. Everything here works at CPL 0 only.
 */
#ifndef NESTCHECK_L1_COMMON_L1_H
#define NESTCHECK_L1_COMMON_L1_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "l1/abi.h"
#include "l1/common/asm.h"
#include "lib/hw/cpuid.h"
#include "lib/hw/msr.h"
#include "lib/hw/x86.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PAGE_SIZE     4096ULL
#define LARGE_PAGE    0x200000ULL

/* --- the driver (page.c) ------------------------------------------------------------------ */

/* The page that is shared with it, and what is offered as it says there. */
extern struct l1_page *const l1_page;
static inline bool l1_offers(enum l1_feature f)
{
	return l1_page->features & 1ULL << f;
}

/* From L1 and from L2. */
void doorbell(enum l1_doorbell what);

/* A turn of a loop that waits for another CPU: spins for a while, then lets the host run it. */
void spin_or_yield(void);

/* Tells the driver that page->detail is L1's last word. */
void l1_died(void) __attribute__((noreturn));

/* --- expectations (expect.c) ------------------------------------------------------------ */

/*
 * The first expectation that does not hold ends the case: it writes page->detail and
 * jumps back to the runner (no clean-up code of the case runs; none is needed). In L2
 * it writes the detail and exits to L1 (VMCALL/VMMCALL, RAX = L2_FAILED), where l2_after()
 * ends the case.
 *
 * section: the place in the manual, "SDM 27.2.1" (Vol. 3) or "APM 15.6" (Vol. 2).
 * All values are 64-bit unsigned.
 *
 *	EXPECT(cond, section)			"cond does not hold (SDM 25.1)"
 *	EXPECT_EQ(seen, expected, section)	"vmcb->rip: expected 0x1, seen 0x2 (APM 15.6)"
 *	EXPECT_BITS(seen, mask, expected, s)	the same of seen & mask, mask named
 *	EXPECT_NAME(seen, expected, name, s)	values named by const char *name(uint64_t), which
 *						gives NULL for what it does not know
 *	EXPECT_AT(where, ...)			for loops: printf text put before "what"
 */
#define EXPECT(cond, section)                         \
	do {                                          \
		if (!(cond))                          \
			expect_false(#cond, section); \
	} while (0)
#define EXPECT_EQ(seen, expected, section) \
	expect_eq(#seen, (uint64_t)(seen), (uint64_t)(expected), NULL, section)
#define EXPECT_NAME(seen, expected, name, section) \
	expect_eq(#seen, (uint64_t)(seen), (uint64_t)(expected), name, section)
#define EXPECT_BITS(seen, mask, expected, section)                                              \
	expect_eq(#seen " & " #mask, (uint64_t)(seen) & (uint64_t)(mask), (uint64_t)(expected), \
		  NULL, section)

void expect_eq(const char *what, uint64_t seen, uint64_t expected, const char *(*name)(uint64_t),
	       const char *section);

/* EXPECT()'s failure: the condition was expected to be 1, and is 0. */
void expect_false(const char *cond, const char *section) __attribute__((noreturn));

/*
 * A failure in its own words: ends the case as above. The second is for one that compares two
 * values and has more to say of them: what, expected and seen are the observation (abi.h).
 */
void expect_failed(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
void expect_differs(const char *what, uint64_t expected, uint64_t seen, const char *fmt, ...)
	__attribute__((format(printf, 4, 5), noreturn));

/*
 * For loops: text that is put before the following failures ("port 0x3f8 size 2: "), until
 * it is set again; expect_at("") clears it. Cleared before each case.
 */
void expect_at(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/*
 * The end of a case whose row says L1_NEEDS_FRESH_VM: result and detail are in the page. Nothing
 * else runs in L1 after it, no clean-up and no other case.
 */
void l1_spent(void) __attribute__((noreturn));

/* Ends the case as skipped; the text says what is missing. Not from L2. */
void skip(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* --- printing (print.c) ------------------------------------------------------------------ */

/* %s %c %d %u %x with flags 0 and #, a width, l and ll; %%. Returns what it would need. */
int l1_snprintf(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
int l1_vsnprintf(char *buf, size_t size, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));

/* The compiler may call them. */
void *memset(void *s, int c, size_t n);
void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/* --- heap (heap.c) ----------------------------------------------------------------------- */

/* One or n contiguous zeroed 4 KiB pages; address = physical. Never NULL: running out ends
 * the case. The heap is emptied before each case. */
void *page_alloc(void);
void *pages_alloc(size_t n);
/* The same with the address a multiple of align (a power of two >= PAGE_SIZE): 2 MiB pages. */
void *pages_alloc_aligned(size_t n, uint64_t align);

/* A zeroed page that stays, case after case: for what is made once and only read by cases. */
void *page_alloc_permanent(void);

static inline uint64_t phys(const volatile void *p)
{
	return (uint64_t)(uintptr_t)p;
}

static inline uint64_t code(void (*fn)(void))
{
	return (uint64_t)(uintptr_t)fn;
}

/* --- traps and interrupts (trap.c, trap.S) ----------------------------------------------- */

struct gprs {
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
};

/* As trap.S pushes it; a handler may change rip and rsp to go on elsewhere. */
struct trap_frame {
	struct gprs gprs;
	uint64_t vector, error;
	uint64_t rip, cs, rflags, rsp, ss;
};

/* What catch_trap() saw; vector TRAP_NONE if fn returned. cr2 only for X86_PF. */
struct trap {
	uint64_t vector, error, rip, cr2;
};

/*
 * Runs fn(arg) and comes back at its end or at its first exception (vectors 0-31).
 * Works in L1 and in L2, not nested in itself. fn's locals are lost at an exception.
 */
struct trap catch_trap(void (*fn)(void *arg), void *arg);

/* "#GP", "none", NULL; for EXPECT_NAME(t.vector, X86_GP, trap_name, "...") */
const char *trap_name(uint64_t vector);

/*
 * Vectors of 32 and up, and NMI (2), are counted by default, and nothing else: no EOI.
 * They arrive here in L1 and in L2. irq_handler() puts a function in place of the counting
 * (it is still counted) until the case ends; it is called with interrupts off.
 * A handler for an exception vector (0-31) is called if no catch_trap() is under way.
 */
extern volatile uint32_t irq_count[256];
void irq_handler(uint8_t vector, void (*handler)(struct trap_frame *frame));

/*
 * For a physical interrupt that is pending: opens windows until the vector is counted, eight at
 * most. L0 may have its own interrupt in the first, and Bochs' VMRUN then forgets the V_IRQ by
 * which KVM waits for the window. irq_window() is for checks that nothing comes, and for V_IRQ.
 */
void irq_wait(uint8_t vector);

/* Tables that host state needs. */
#define SEL_CODE64 0x08
#define SEL_DATA   0x10
#define SEL_CODE32 0x18
#define SEL_CODE16 0x20
#define SEL_DATA16 0x28
#define SEL_UCODE  0x33 /* 64-bit, DPL 3 */
#define SEL_UDATA  0x3b
#define SEL_ABSENT 0x40 /* data, not present: loading it is #NP, or #SS */
#define SEL_TSS	   0x48 /* 16 bytes */
uint64_t tss_base(void);
#define TSS_LIMIT 0x67

/* An unaligned TSS, 64-bit (SDM Vol. 3 8.7): rsp0 for L2's user mode, IST1 for #DF. */
struct tss64 {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7];
	uint64_t reserved2;
	uint16_t reserved3, iomap;
} __attribute__((packed));

/*
 * --- LAPIC (lapic.c): x2APIC, emulated by L0's KVM ----------------------------------------
 * All but reads go through these, in L2 too: what was not used is not reset.
 */

void lapic_self_ipi(uint8_t vector); /* pending at once, taken when interrupts are let in */
void lapic_self_nmi(void);
/* To another CPU, by its number, which is its LAPIC's too; command: a vector, or ICR_*. */
#define ICR_INIT    (5U << 8 | 1U << 14)
#define ICR_SIPI(v) (6U << 8 | 1U << 14 | (v))
void lapic_ipi(uint32_t cpu, uint32_t command);
void lapic_timer(uint8_t vector, uint32_t us); /* once; KVM's LAPIC counts nanoseconds */
void lapic_eoi(void);
bool lapic_pending(uint8_t vector);    /* IRR */
bool lapic_in_service(uint8_t vector); /* ISR */
void lapic_reset(void);		       /* takes and drops what is pending or in service; TPR = 0 */

/* --- page tables (pt.c) ------------------------------------------------------------------- */

/*
 * 4-level tables in one of three formats. flags are the leaf's own bits, raw: PTE_* for
 * PT_CR3 and PT_NPT, EPT_* for PT_EPT; PS is added for a large page. Entries
 * above the leaf get P|W|U, or R|W|X. NPT walks are user accesses: leaves need PTE_U.
 * After a change of a live entry the flush is the case's business.
 */
enum pt_format {
	PT_CR3,
	PT_NPT,
	PT_EPT,
};

#define PT_CR3_ALL (PTE_P | PTE_W | PTE_A | PTE_D)
#define PT_NPT_ALL (PTE_P | PTE_W | PTE_U | PTE_A | PTE_D)
#define PT_EPT_ALL (EPT_R | EPT_W | EPT_X | EPT_MEMTYPE_WB)

struct page_table {
	enum pt_format format;
	uint64_t root; /* physical address of the top table: CR3, N_CR3, EPTP bits 51:12 */
};

/* An empty one, and one that maps all of L1_MEMORY identically with 2 MiB pages. */
struct page_table pt_new(enum pt_format format);
struct page_table pt_identity(enum pt_format format);

/*
 * The identity that is made once and stays: KVM keeps what it made of it from case to case.
 * Not to be changed: a case that does makes itself a pt_identity().
 */
struct page_table pt_shared_identity(enum pt_format format);

/*
 * Maps [from, from + size) to [to, to + size) with pages of page_size (PAGE_SIZE,
 * LARGE_PAGE or 1 GiB). What was mapped there before is replaced; a larger page is split.
 */
void pt_map(struct page_table *pt, uint64_t from, uint64_t to, uint64_t size, uint64_t flags,
	    uint64_t page_size);

/* The leaf that maps address, whatever its size; NULL if there is none. */
uint64_t *pt_leaf(const struct page_table *pt, uint64_t address);

/* The 4 KiB leaf that maps address; larger ones are split, missing tables are made. */
uint64_t *pt_leaf_4k(struct page_table *pt, uint64_t address);

/* The entry that covers address at a level: 4 PML4E, 3 PDPTE, 2 PDE, 1 PTE; NULL if none. */
uint64_t *pt_entry(const struct page_table *pt, uint64_t address, int level);

/* --- L2 (l2.c, l2.S) ----------------------------------------------------------------------- */

#define L2_RETURNED 0x4c32524554ULL   /* RAX at the exit of an L2 function that returned */
#define L2_FAILED   0x4c324641494cULL /* ... that had an expectation fail */

/*
 * The stack, 16 KiB: RSP to start an L2 function with. This CPU has one: what is started with
 * it ends what was started before.
 */
uint64_t l2_stack(void);

/*
 * From L2: VMCALL or VMMCALL with RAX = value; what L1 left in RAX when it resumed it. The
 * other registers L1 has to leave as they were.
 */
uint64_t l2_call(uint64_t value);

/*
 * An L2 function that reads the IDT and the GDT, and returns. Run ahead of one that takes an
 * interrupt, it puts them into the tables that KVM keeps for L2: a nested fault in the midst
 * of an interrupt's delivery is reported by QEMU's TCG as an exception's (EXITINTINFO), and
 * KVM's re-injection of that ends L2. Hardware does not need it.
 */
void l2_reads_tables(void);

/*
 * The vendor's entry code calls l2_before() ahead of each entry and l2_after() behind
 * each exit: they keep "who is running" for traps, and end a case whose L2 failed.
 */
void l2_before(void);
void l2_after(void);

#endif
