# SPDX-License-Identifier: GPL-2.0-only
# The toolset: build/nestcheck, and build/l1.bin inside it. Sources are found by room, so a new file needs no change
# here.

SETUP_ROOMS := $(addprefix setup/,check disk guest host xml)
ROOMS := lib lib/hw facts kvm vmm selftest diagnose chain report fleet send setup $(SETUP_ROOMS) cmd
LIB_SRCS := $(sort $(wildcard tools/lib/*.c tools/lib/hw/*.c))
NESTCHECK_SRCS := tools/nestcheck.c $(sort $(foreach r,$(filter-out lib lib/hw,$(ROOMS)),$(wildcard tools/$(r)/*.c)))
# JSON Schemas and other data that a room embeds with .incbin: tools/ROOM/*.S
NESTCHECK_ASM := tools/l1/blob.S $(sort $(foreach r,$(ROOMS),$(wildcard tools/$(r)/*.S)))
L1_SRCS := $(sort $(filter-out tools/l1/blob.S,$(wildcard tools/l1/*.[cS] tools/l1/*/*.[cS])))

WARNINGS := -Wall -Wextra -Wshadow -Wmissing-prototypes -Wformat=2 -Wundef -Wwrite-strings -Wvla \
	$(if $(filter 1,$(WERROR)),-Werror)
TOOLS_CPPFLAGS := -Itools -D_GNU_SOURCE -DNESTCHECK_VERSION='"$(VERSION)"' $(LIBS_CFLAGS)
TOOLS_CFLAGS := -std=gnu11 $(MUSL_CFLAGS) $(WARNINGS) -ffile-prefix-map=$(CURDIR)/=

# L1 runs on bare (virtual) metal: no C library, no red zone below the stack pointer (interrupts and L2's exits use
# the stack), general registers only, linked at a fixed address (L1_BASE in l1/abi.h). Loops that fill or copy must
# stay loops: gcc has an option for that, clang keeps them if freestanding.
L1_CFLAGS := -std=gnu11 -Os -ffreestanding -nostdlib -fno-pic -fno-pie -mno-red-zone -mgeneral-regs-only \
	-mcmodel=small -fno-stack-protector -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-ident \
	-fcf-protection=none $(WARNINGS) \
	$(if $(findstring clang,$(CC)),,-fno-tree-loop-distribute-patterns) -ffile-prefix-map=$(CURDIR)/=
L1_CPPFLAGS := -Itools
L1_LDFLAGS := -m elf_x86_64 -static -nostdlib --build-id=none -z noexecstack -z max-page-size=4096 \
	-T tools/l1/l1.lds

OBJ := $(O)/obj
# A room may have x.c and x.S side by side: x.o and x.S.o.
obj = $(patsubst %.c,$(OBJ)/%.o,$(patsubst %.S,$(OBJ)/%.S.o,$(1)))
LIB_OBJS := $(call obj,$(LIB_SRCS))
NESTCHECK_OBJS := $(call obj,$(NESTCHECK_SRCS) $(NESTCHECK_ASM))
L1_OBJS := $(patsubst $(OBJ)/tools/l1/%,$(OBJ)/l1/%,$(call obj,$(L1_SRCS)))

# Flags are an input: this file changes with them, and everything depends on it.
FLAGS := $(OBJ)/flags
FLAGS_NOW := $(subst ','\'',$(CC) $(TOOLS_CPPFLAGS) $(TOOLS_CFLAGS) $(L1_CFLAGS) $(L1_LDFLAGS) $(MUSL_LDFLAGS))
$(shell mkdir -p $(OBJ) && echo '$(FLAGS_NOW)' | cmp -s - $(FLAGS) || echo '$(FLAGS_NOW)' >$(FLAGS))
# The same for the list of files: if one is removed, what was linked with it is out of date.
SOURCES := $(OBJ)/sources
SOURCES_NOW := $(LIB_SRCS) $(NESTCHECK_SRCS) $(NESTCHECK_ASM) $(L1_SRCS) $(sort $(wildcard initramfs/init/*.c))
$(shell echo '$(SOURCES_NOW)' | cmp -s - $(SOURCES) || echo '$(SOURCES_NOW)' >$(SOURCES))

$(OBJ)/%.o: %.c $(FLAGS) | $(LIBS_STAMP)
	@mkdir -p $(@D)
	$(Q)$(OUR_MUSL_CC) $(TOOLS_CPPFLAGS) $(TOOLS_CFLAGS) -MMD -MP -c -o $@ $<
$(OBJ)/%.S.o: %.S $(FLAGS) | $(LIBS_STAMP)
	@mkdir -p $(@D)
	$(Q)$(OUR_MUSL_CC) $(TOOLS_CPPFLAGS) $(S_CPPFLAGS) -MMD -MP -c -o $@ $<

$(OBJ)/l1/%.o: tools/l1/%.c $(FLAGS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(L1_CPPFLAGS) $(L1_CFLAGS) -MMD -MP -c -o $@ $<
$(OBJ)/l1/%.S.o: tools/l1/%.S $(FLAGS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(L1_CPPFLAGS) $(L1_CFLAGS) -MMD -MP -c -o $@ $<

$(O)/l1.elf: $(L1_OBJS) tools/l1/l1.lds $(SOURCES)
	$(Q)ld $(L1_LDFLAGS) -o $@ $(L1_OBJS)
$(O)/l1.bin: $(O)/l1.elf
	$(Q)objcopy -O binary $< $@

$(OBJ)/tools/l1/blob.S.o: S_CPPFLAGS := -DL1_BIN='"$(O)/l1.bin"'
$(OBJ)/tools/l1/blob.S.o: $(O)/l1.bin
$(OBJ)/tools/setup/guest/script.o: $(wildcard tools/setup/guest/*.sh)
$(OBJ)/tools/report/html.o: tools/report/page.css

# Code that /init shares with nestcheck: linked file by file as needed.
$(O)/lib.a: $(LIB_OBJS) $(SOURCES)
	$(Q)rm -f $@
	$(Q)ar Drcs $@ $(LIB_OBJS)

$(O)/nestcheck: $(NESTCHECK_OBJS) $(O)/lib.a $(LIBS_STAMP) $(SOURCES)
	$(Q)$(call step,nestcheck: link) $(OUR_MUSL_CC) $(MUSL_LDFLAGS) -s -o $@ $(NESTCHECK_OBJS) $(O)/lib.a \
		$(LIBS_LDLIBS)

.PHONY: nestcheck l1
nestcheck: $(O)/nestcheck ## build only the program: build/nestcheck
l1: $(O)/l1.bin ## build only the guest hypervisor: build/l1.bin

-include $(patsubst %.o,%.d,$(LIB_OBJS) $(NESTCHECK_OBJS) $(L1_OBJS))
