/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One instruction each, for L1 and L2 alike. Nothing here checks anything: an instruction
 * that may fault goes through catch_trap() (l1.h).
 */
#ifndef NESTCHECK_L1_COMMON_ASM_H
#define NESTCHECK_L1_COMMON_ASM_H

#include <stdint.h>

/* C11 leaves the word to extensions; every file here needs it. */
#define asm __asm__

struct cpuid_regs {
	uint32_t eax, ebx, ecx, edx;
};

/* The operand of LGDT and LIDT. */
struct descriptor_ptr {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

static inline uint64_t rdmsr(uint32_t index)
{
	uint32_t lo, hi;

	asm volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(index) : "memory");
	return (uint64_t)hi << 32 | lo;
}

static inline void wrmsr(uint32_t index, uint64_t value)
{
	asm volatile("wrmsr"
		     :
		     : "c"(index), "a"((uint32_t)value), "d"((uint32_t)(value >> 32))
		     : "memory");
}

static inline struct cpuid_regs cpuid(uint32_t leaf, uint32_t subleaf)
{
	struct cpuid_regs r;

	asm volatile("cpuid"
		     : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
		     : "a"(leaf), "c"(subleaf)
		     : "memory");
	return r;
}

/* LFENCE holds RDTSC back until what is before it is done. */
static inline uint64_t rdtsc(void)
{
	uint32_t lo, hi;

	asm volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return (uint64_t)hi << 32 | lo;
}

static inline void outb(uint16_t port, uint8_t v)
{
	asm volatile("outb %0, %1" : : "a"(v), "Nd"(port) : "memory");
}

static inline void outw(uint16_t port, uint16_t v)
{
	asm volatile("outw %0, %1" : : "a"(v), "Nd"(port) : "memory");
}

static inline void outl(uint16_t port, uint32_t v)
{
	asm volatile("outl %0, %1" : : "a"(v), "Nd"(port) : "memory");
}

static inline uint8_t inb(uint16_t port)
{
	uint8_t v;

	asm volatile("inb %1, %0" : "=a"(v) : "Nd"(port) : "memory");
	return v;
}

static inline uint16_t inw(uint16_t port)
{
	uint16_t v;

	asm volatile("inw %1, %0" : "=a"(v) : "Nd"(port) : "memory");
	return v;
}

static inline uint32_t inl(uint16_t port)
{
	uint32_t v;

	asm volatile("inl %1, %0" : "=a"(v) : "Nd"(port) : "memory");
	return v;
}

#define L1_CONTROL_REGISTER(n)                                             \
	static inline uint64_t read_cr##n(void)                            \
	{                                                                  \
		uint64_t v;                                                \
                                                                           \
		asm volatile("mov %%cr" #n ", %0" : "=r"(v) : : "memory"); \
		return v;                                                  \
	}                                                                  \
                                                                           \
	static inline void write_cr##n(uint64_t v)                         \
	{                                                                  \
		asm volatile("mov %0, %%cr" #n : : "r"(v) : "memory");     \
	}

#define L1_DEBUG_REGISTER(n)                                               \
	static inline uint64_t read_dr##n(void)                            \
	{                                                                  \
		uint64_t v;                                                \
                                                                           \
		asm volatile("mov %%dr" #n ", %0" : "=r"(v) : : "memory"); \
		return v;                                                  \
	}                                                                  \
                                                                           \
	static inline void write_dr##n(uint64_t v)                         \
	{                                                                  \
		asm volatile("mov %0, %%dr" #n : : "r"(v) : "memory");     \
	}

#define L1_SEGMENT_REGISTER(s)                              \
	static inline uint16_t read_##s(void)               \
	{                                                   \
		uint16_t v;                                 \
                                                            \
		asm volatile("mov %%" #s ", %0" : "=r"(v)); \
		return v;                                   \
	}

L1_CONTROL_REGISTER(0)
L1_CONTROL_REGISTER(2)
L1_CONTROL_REGISTER(3)
L1_CONTROL_REGISTER(4)
L1_CONTROL_REGISTER(8)
L1_DEBUG_REGISTER(0)
L1_DEBUG_REGISTER(1)
L1_DEBUG_REGISTER(2)
L1_DEBUG_REGISTER(3)
L1_DEBUG_REGISTER(6)
L1_DEBUG_REGISTER(7)
L1_SEGMENT_REGISTER(cs)
L1_SEGMENT_REGISTER(ds)
L1_SEGMENT_REGISTER(es)
L1_SEGMENT_REGISTER(fs)
L1_SEGMENT_REGISTER(gs)
L1_SEGMENT_REGISTER(ss)

static inline uint16_t read_tr(void)
{
	uint16_t v;

	asm volatile("str %0" : "=r"(v));
	return v;
}

static inline struct descriptor_ptr read_gdtr(void)
{
	struct descriptor_ptr p;

	asm volatile("sgdt %0" : "=m"(p));
	return p;
}

static inline struct descriptor_ptr read_idtr(void)
{
	struct descriptor_ptr p;

	asm volatile("sidt %0" : "=m"(p));
	return p;
}

static inline uint64_t read_rflags(void)
{
	uint64_t v;

	asm volatile("pushfq; popq %0" : "=r"(v) : : "memory");
	return v;
}

static inline void invlpg(uint64_t address)
{
	asm volatile("invlpg (%0)" : : "r"(address) : "memory");
}

static inline void hlt(void)
{
	asm volatile("hlt" : : : "memory");
}

static inline void sti(void)
{
	asm volatile("sti" : : : "memory");
}

static inline void cli(void)
{
	asm volatile("cli" : : : "memory");
}

/* Lets pending interrupts in: STI's shadow covers one instruction, hence the NOP. */
static inline void irq_window(void)
{
	asm volatile("sti; nop; cli" : : : "memory");
}

static inline void pause(void)
{
	asm volatile("pause" : : : "memory");
}

#endif
