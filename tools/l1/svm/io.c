// SPDX-License-Identifier: GPL-2.0-only
/*
 * The I/O permission map (APM 15.10): one bit per port; an access of n bytes looks at n bits.
 */
#include "l1/svm/svm.h"

/* A port that nobody claims, eight to a byte of the map; not the doorbell's. */
#define PORT 0x4f0

static volatile uint16_t port;
static volatile uint32_t data;
static uint8_t buffer[4];

/* The DX forms: 1 byte, and 2 with an operand-size prefix. */
static void l2_in8(void)
{
	uint8_t v;

	asm volatile("inb %%dx, %%al" : "=a"(v) : "d"(port));
	data = v;
}

static void l2_in16(void)
{
	uint16_t v;

	asm volatile("inw %%dx, %%ax" : "=a"(v) : "d"(port));
	data = v;
}

static void l2_in32(void)
{
	uint32_t v;

	asm volatile("inl %%dx, %%eax" : "=a"(v) : "d"(port));
	data = v;
}

static void l2_out8(void)
{
	asm volatile("outb %%al, %%dx" : : "a"(data), "d"(port));
}

static void l2_out16(void)
{
	asm volatile("outw %%ax, %%dx" : : "a"(data), "d"(port));
}

static void l2_out32(void)
{
	asm volatile("outl %%eax, %%dx" : : "a"(data), "d"(port));
}

static void l2_outs(void)
{
	asm volatile("rep outsb" : : "S"(buffer), "c"(sizeof(buffer)), "d"(port) : "memory");
}

static void l2_ins(void)
{
	asm volatile("insb" : : "D"(buffer), "d"(port) : "memory");
}

static const struct access {
	const char *name;
	void (*code)(void);
	unsigned int size;
	uint64_t info; /* EXITINFO1 but for port and address size */
	unsigned int length;
} accesses[] = {
	{ "IN of 8 bits", l2_in8, 1, SVM_IOIO_IN | SVM_IOIO_SZ8, 1 },
	{ "IN of 16 bits", l2_in16, 2, SVM_IOIO_IN | SVM_IOIO_SZ16, 2 },
	{ "IN of 32 bits", l2_in32, 4, SVM_IOIO_IN | SVM_IOIO_SZ32, 1 },
	{ "OUT of 8 bits", l2_out8, 1, SVM_IOIO_SZ8, 1 },
	{ "OUT of 16 bits", l2_out16, 2, SVM_IOIO_SZ16, 2 },
	{ "OUT of 32 bits", l2_out32, 4, SVM_IOIO_SZ32, 1 },
};

/*
 * Left out: the segment, 12:10, which only decode assists give, the address size, 9:7, which KVM
 * passes on as it comes (and TCG leaves at 0), and the reserved bit 1.
 */
#define INFO_MASK 0xffff007dULL
#define PATTERN	  0xa1b2c3d4U

static void set_bit(uint8_t *map, uint32_t bit)
{
	map[bit / 8] |= (uint8_t)(1 << bit % 8);
}

static uint32_t cut(uint32_t v, unsigned int size)
{
	return size == 4 ? v : v & ((1U << 8 * size) - 1);
}

static void expect_io_exit(struct l2 *l2, uint16_t at, uint64_t info, unsigned int length)
{
	svm_l2_expect(l2, SVM_EXIT_IOIO, "APM 15.10.1");
	EXPECT_BITS(l2->vmcb->control.exit_info_1, INFO_MASK, SVM_IOIO_PORT(at) | info,
		    "APM 15.10.2");
	EXPECT_EQ(l2->vmcb->control.exit_info_2, l2->vmcb->save.rip + length, "APM 15.10.2");
}

/* An L2 and its all-zero map, used for one access after the other. */
struct tried {
	struct l2 *l2;
	uint8_t *map;
};

static struct tried try_start(void)
{
	struct tried t = { svm_l2_create(l2_in8), NULL };

	t.map = svm_l2_iopm(t.l2);
	return t;
}

/* One bit of the map set: does this access meet it? */
static void try_bit(const struct tried *t, const struct access *a, uint16_t at, uint32_t bit,
		    bool exits)
{
	struct l2 *l2 = t->l2;
	bool in = a->info & SVM_IOIO_IN;

	svm_l2_init(l2, a->code);
	l2->vmcb->control.iopm_base_pa = phys(t->map);
	svm_l2_intercept(l2, SVM_EXIT_IOIO);
	expect_at("%s at port %#x, map bit %#x: ", a->name, at, bit);
	port = at;
	data = PATTERN;
	set_bit(t->map, bit);
	svm_l2_run(l2);
	if (exits) {
		expect_io_exit(l2, at, a->info, a->length);
		if (!in)
			EXPECT_EQ(cut((uint32_t)l2->gprs.rax, a->size), cut(PATTERN, a->size),
				  "APM 15.6");
		l2->vmcb->save.rip = l2->vmcb->control.exit_info_2;
		l2->gprs.rax = ~PATTERN;
		svm_l2_run(l2);
	}
	svm_l2_expect_call(l2, L2_RETURNED, 0);
	/* Nobody's port reads as all ones. */
	if (in)
		EXPECT_EQ(data, cut(exits ? ~PATTERN : ~0U, a->size), "APM 15.10.1");
	t->map[bit / 8] = 0;
}

SVM_CASE(svm_io_sizes, 0, 36, 0)
{
	struct tried t = try_start();

	for (size_t i = 0; i < ARRAY_SIZE(accesses); i++) {
		try_bit(&t, &accesses[i], PORT, PORT, true);
		try_bit(&t, &accesses[i], PORT, PORT - 1, false);
		try_bit(&t, &accesses[i], PORT, PORT + accesses[i].size, false);
		try_bit(&t, &accesses[i], PORT, PORT + accesses[i].size - 1, true);
	}
}

/* Accesses that straddle a byte of the map, a page of it, and the end of the port space. */
SVM_CASE(svm_io_straddle, 0, 12, 0)
{
	const struct access *in16 = &accesses[1], *out32 = &accesses[5];
	struct tried t = try_start();

	try_bit(&t, in16, PORT + 7, PORT + 8, true);
	try_bit(&t, in16, PORT + 7, PORT + 9, false);
	try_bit(&t, out32, PORT + 6, PORT + 9, true);
	try_bit(&t, out32, PORT + 6, PORT + 10, false);
	try_bit(&t, out32, PORT + 5, PORT + 8, true);
	try_bit(&t, out32, 0x7ffd, 0x8000, true);
	try_bit(&t, out32, 0xfffd, 0x10000, true); /* the map's third page */
}

SVM_CASE(svm_io_string, 0, 4, 0)
{
	struct l2 *l2 = svm_l2_create(l2_outs);

	port = PORT;
	set_bit(svm_l2_iopm(l2), PORT);
	svm_l2_run(l2);
	expect_io_exit(l2, PORT, SVM_IOIO_STR | SVM_IOIO_REP | SVM_IOIO_SZ8, 2);
	EXPECT_EQ(l2->gprs.rsi, phys(buffer), "APM 15.6");
	EXPECT_EQ(l2->gprs.rcx, sizeof(buffer), "APM 15.6");
	l2->vmcb->save.rip = l2->vmcb->control.exit_info_2;
	svm_l2_run_to_end(l2);

	l2 = svm_l2_create(l2_ins);
	set_bit(svm_l2_iopm(l2), PORT);
	svm_l2_run(l2);
	expect_io_exit(l2, PORT, SVM_IOIO_IN | SVM_IOIO_STR | SVM_IOIO_SZ8, 1);
	EXPECT_EQ(l2->gprs.rdi, phys(buffer), "APM 15.6");
	l2->vmcb->save.rip = l2->vmcb->control.exit_info_2;
	svm_l2_run_to_end(l2);
}
