// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a guest brings: its kernel's file, and its accesses to the serial port.
 */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "chain/start.h"
#include "vmm/linux.h"
#include "vmm/serial.h"

#define MEMORY (3ULL << 20)

static void check_segments(const struct linux_kernel *k, size_t size)
{
	must(k->n_segments >= 1 && k->n_segments <= LINUX_SEGMENTS_MAX);
	for (size_t i = 0; i < k->n_segments; i++) {
		const struct linux_segment *s = &k->segments[i];

		must(s->offset <= size && s->file_size <= size - s->offset);
		must(s->file_size <= s->size && s->address >= LINUX_HIGH_BEGIN);
		must(s->address + s->size <= k->end);
		for (size_t j = 0; j < i; j++)
			must(s->address + s->size <= k->segments[j].address ||
			     k->segments[j].address + k->segments[j].size <= s->address);
	}
}

/* Its memory is a block of its own: whatever is written behind it is found. */
static void load(const struct linux_kernel *k, bool with_initrd)
{
	static const char initrd[] = "an initrd";
	const struct machine_blob parts[] = { { initrd, 9 }, { initrd, 5 } };
	struct linux_guest g = { .size = MEMORY,
				 .low = MEMORY,
				 .cmdline = "console=ttyS0 quiet",
				 .initrd = parts,
				 .n_initrd = with_initrd ? 2 : 0 };
	const char *why = NULL;
	uint64_t at;

	if (linux_place(k, &g, &at, &why) < 0) {
		must(why);
		return;
	}
	must(with_initrd == (at != 0));
	if (at) {
		must(at % 4096 == 0 && at >= k->end && at + linux_initrd_size(&g) <= MEMORY);
		must(at + linux_initrd_size(&g) - 1 <= k->initrd_max);
	}
	g.memory = malloc(MEMORY);
	must(g.memory);
	linux_load(k, &g, at);
	if (at)
		must(!memcmp(g.memory + at, initrd, 9) && !memcmp(g.memory + at + 12, initrd, 5));
	must(!strcmp((char *)g.memory + LINUX_CMDLINE, g.cmdline));
	free(g.memory);
}

void fuzz_kernel(const uint8_t *data, size_t size)
{
	uint8_t *bytes = fuzz_bytes(data, size);
	struct machine_blob file = { bytes, size };
	struct linux_kernel k;
	const char *why = NULL;

	if (linux_parse(&file, &k, &why) < 0) {
		must(why);
	} else {
		check_segments(&k, size);
		must(chain_memory(1, &file, size) > chain_memory(0, &file, size));
		load(&k, true);
		load(&k, false);
	}
	free(bytes);
}

/* Pairs of bytes: a register, with bit 7 for a write, and the value. */
void fuzz_serial(const uint8_t *data, size_t size)
{
	struct serial s = { 0 };

	for (size_t i = 0; i + 1 < size; i += 2) {
		unsigned int reg = data[i] % SERIAL_PORTS;
		bool loop = s.mcr & 0x10, latch = s.lcr & 0x80;

		if (data[i] & 0x80)
			must(!serial_write(&s, reg, data[i + 1]) || (reg == 0 && !loop && !latch));
		else
			serial_read(&s, reg);
		/* Reserved bits of IER and MCR stay 0 (TL16C750, tables 6 and 9). */
		must(!(s.ier & ~0x0f) && !(s.mcr & ~0x1f));
		must(!(serial_interrupt(&s) && !s.empty));
	}
}
