// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions and interrupts, in L1 and in an L2 that shares its IDT.
 */
#include "l1/common/cpu.h"

volatile uint32_t irq_count[256];
static void (*handlers[256])(struct trap_frame *frame);

static const char *const trap_names[] = {
	[X86_DE] = "#DE", [X86_DB] = "#DB", [X86_NMI] = "NMI", [X86_BP] = "#BP", [X86_OF] = "#OF",
	[X86_BR] = "#BR", [X86_UD] = "#UD", [X86_NM] = "#NM",  [X86_DF] = "#DF", [X86_TS] = "#TS",
	[X86_NP] = "#NP", [X86_SS] = "#SS", [X86_GP] = "#GP",  [X86_PF] = "#PF", [X86_MF] = "#MF",
	[X86_AC] = "#AC", [X86_MC] = "#MC", [X86_XM] = "#XM",
};

const char *trap_name(uint64_t vector)
{
	if (vector == TRAP_NONE)
		return "none";
	return vector < ARRAY_SIZE(trap_names) ? trap_names[vector] : NULL;
}

void irq_wait(uint8_t vector)
{
	uint32_t before = irq_count[vector];

	for (int i = 0; i < 8 && irq_count[vector] == before; i++)
		irq_window();
}

void irq_handler(uint8_t vector, void (*handler)(struct trap_frame *frame))
{
	handlers[vector] = handler;
}

void traps_reset(void)
{
	memset((void *)irq_count, 0, sizeof(irq_count));
	memset(handlers, 0, sizeof(handlers));
	this_cpu()->catching = false;
}

/* Nobody caught it: the last word of this VM. */
__attribute__((noreturn)) static void die_of(const struct trap_frame *frame)
{
	const char *name = trap_name(frame->vector);
	bool in_l2 = this_cpu()->in_l2;

	l1_page->saw = (struct l1_observation){ .how = L1_SAW_TRAP,
						.cpu = this_cpu_index(),
						.seen = frame->vector };
	l1_snprintf(l1_page->saw.what, L1_WHAT_MAX, "%s", in_l2 ? "L2" : "L1");
	l1_snprintf(l1_page->detail, L1_DETAIL_MAX,
		    "%s took %s (vector %lu, error code %#lx, cr2 %#lx) at rip %#lx, rsp %#lx, "
		    "CPU %u",
		    in_l2 ? "L2" : "L1", name ? name : "an exception", frame->vector, frame->error,
		    read_cr2(), frame->rip, frame->rsp, this_cpu_index());
	l1_died();
}

void trap_dispatch(struct trap_frame *frame)
{
	struct cpu *cpu = this_cpu();
	uint64_t vector = frame->vector;

	irq_count[vector]++;
	if (vector < X86_FIRST_IRQ && vector != X86_NMI && cpu->catching) {
		cpu->caught = (struct trap){ vector, frame->error, frame->rip,
					     vector == X86_PF ? read_cr2() : 0 };
		cpu->catching = false;
		context_jump(&cpu->catch_end);
	}
	if (handlers[vector])
		handlers[vector](frame);
	else if (vector < X86_FIRST_IRQ && vector != X86_NMI)
		die_of(frame);
}

struct trap catch_trap(void (*fn)(void *arg), void *arg)
{
	struct cpu *cpu = this_cpu();

	cpu->caught = (struct trap){ .vector = TRAP_NONE };
	if (!context_save(&cpu->catch_end)) {
		cpu->catching = true;
		fn(arg);
		cpu->catching = false;
	}
	return cpu->caught;
}
