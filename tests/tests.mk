# SPDX-License-Identifier: GPL-2.0-only
# The tests. "make check" runs every suite and adds up the counts; "make check-NAME" runs one. The head of a suite's
# program lists its needs and its command (tests/suites).
#
# Each suite ends with a line 'N passed, N failed, N skipped' and exits 0 only if nothing failed; tests/check adds up.

# --- unit tests: the pure rooms on the host, with the host's C library and sanitizers ---------------

UNIT := $(O)/unit
UNIT_TESTS := $(patsubst tests/unit/%.c,$(UNIT)/%,$(sort $(wildcard tests/unit/test_*.c)))
# The rooms that decide and render are in an archive, so that a test links what it uses. init's main() and the rooms
# that only access the machine are not.
UNIT_ROOMS := lib lib/hw facts diagnose report fleet send setup $(SETUP_ROOMS)
# The files that decide, from rooms that are not in the archive.
UNIT_PURE := tools/selftest/rounds.c tools/selftest/run.c tools/selftest/kernel_log.c tools/cmd/faults.c \
	$(addprefix tools/kvm/,cmdline_parameters.c modprobe.c module.c) \
	$(addprefix tools/selftest/,case_names.c emulator.c hazards.c guard.c health.c) tests/unit/no_libcpuid.c \
	$(addprefix tools/vmm/,acpi.c cpuid.c entry_failed.c linux.c linux_load.c machine_end.c serial.c) \
	$(addprefix tools/chain/,args.c faults.c initramfs.c judge.c levels.c line.c memory.c record.c) \
	tools/chain/workload.c
UNIT_ROOM_SRCS := $(filter-out tools/facts/libcpuid.c initramfs/init/main.c, \
	$(sort $(foreach r,$(UNIT_ROOMS),$(wildcard tools/$(r)/*.c))) $(INIT_SRCS) $(UNIT_PURE))
UNIT_ROOM_OBJS := $(patsubst %.c,$(UNIT)/obj/%.o,$(UNIT_ROOM_SRCS))
# cmocka 2 calls names deprecated for which cmocka 1 has no others.
UNIT_CFLAGS := -std=c11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer $(WARNINGS) -Itools -Iinitramfs -D_GNU_SOURCE -DUNIT_TEST \
	-DCMOCKA_DISABLE_DEPRECATION_WARNINGS -DNESTCHECK_VERSION='"$(VERSION)"' -DTESTS_DIR='"$(CURDIR)/tests"'

$(UNIT)/obj/%.o: %.c tests/tests.mk
	@mkdir -p $(@D)
	$(Q)$(CC) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<
$(UNIT)/obj/tools/setup/guest/script.o: $(wildcard tools/setup/guest/*.sh)
$(UNIT)/obj/tools/report/html.o: tools/report/page.css
$(UNIT)/rooms.a: $(UNIT_ROOM_OBJS)
	$(Q)rm -f $@
	$(Q)ar rcs $@ $(UNIT_ROOM_OBJS)
$(UNIT)/test_%: $(UNIT)/obj/tests/unit/test_%.o $(UNIT)/rooms.a
	$(Q)$(CC) $(UNIT_CFLAGS) -o $@ $^ -lcmocka -ljansson -lexpat
.SECONDARY: $(UNIT_ROOM_OBJS) $(patsubst $(UNIT)/%,$(UNIT)/obj/tests/unit/%.o,$(UNIT_TESTS))

-include $(patsubst %.o,%.d,$(UNIT_ROOM_OBJS)) $(wildcard $(UNIT)/obj/tests/unit/*.d)

# --- the suites --------------------------------------------------------------------------------------

# For the suites' needs: $(CHECK_PRODUCTS) is all shipped products, with the modules.
CHECK_PRODUCTS := $(O)/nestcheck $(O)/nestcheck.efi $(O)/nestcheck.iso $(KERNEL_MODULES)

BENCH_VMM_SRCS := $(sort $(wildcard tools/vmm/*.c))
BENCH_PRODUCTS := $(O)/poweroff $(O)/bench/stopwatch $(O)/bench/bzImage $(O)/bench/machine

# check-NAME of each suite.
define suite
.PHONY: check-$(1)
check-$(1): $$(NEEDS_$(1))
	$$(Q)$$(COMMAND_$(1)) $$(ALONE_$(1))
endef
$(foreach s,$(SUITES_checked) $(SUITES_alone),$(eval $(call suite,$(s))))

# For several suites: their needs, and one run of all.
suites_need = $(sort $(foreach s,$(1),$(NEEDS_$(s))))
suites_named = $(foreach s,$(1),"$(s)=$(COMMAND_$(s)) $(ALL_$(s))")
# One more than there are CPUs: some wait for disks and daemons.
suites_run = $(Q)O=$(O) tests/check --jobs $$(($(JOBS) + 1)) \
	$(call suites_named,$(filter-out $(SUITES_own_jobs),$(1))) -- \
	$(call suites_named,$(filter $(SUITES_own_jobs),$(1)))

.PHONY: check check-fast check-setup bench ours
check: $(call suites_need,$(SUITES_checked)) ## run all tests (need neither network nor KVM)
	$(call suites_run,$(SUITES_checked))
check-fast: $(call suites_need,$(SUITES_fast)) ## run only the tests that boot nothing
	$(call suites_run,$(SUITES_fast))
check-setup: $(call suites_need,$(SUITES_setup)) ## check the output of setup with the tools that read it
	$(call suites_run,$(SUITES_setup))
# Every program compiled from this checkout's own C.
ours: $(O)/nestcheck $(O)/terminal-commands $(O)/init $(O)/replicate $(UNIT_TESTS) \
	$(UNIT)/fuzz_replay $(filter-out %bzImage,$(BENCH_PRODUCTS))
bench: $(CHECK_PRODUCTS) $(BUSYBOX) $(BENCH_PRODUCTS) ## sizes and times, side by side with Debian's kernel and QEMU
	$(Q)tests/bench/run --build $(O) --cache $(CACHE_DIR) --busybox $(BUSYBOX) \
		$(if $(RUNS),--runs $(RUNS)) $(if $(ONLY),--only '$(ONLY)') $(if $(KVMTOOL),--kvmtool '$(KVMTOOL)')

# An init that prints a line and powers off: the workload with which every kernel is timed.
$(O)/poweroff: tests/bench/poweroff.c
	$(Q)$(OUR_MUSL_CC) -std=c11 -Os -static -s $(WARNINGS) -o $@ $<

# The program as a server, which runs one command after another.
$(O)/terminal-commands: tests/terminal/commands.c $(NESTCHECK_OBJS) $(O)/lib.a $(LIBS_STAMP) $(SOURCES)
	$(Q)$(OUR_MUSL_CC) -std=c11 -D_GNU_SOURCE -Os $(WARNINGS) $(MUSL_LDFLAGS) -Wl,--wrap=main -s -o $@ $< \
		$(NESTCHECK_OBJS) $(O)/lib.a $(LIBS_LDLIBS)

# Starts virtual machines and times them, inside the image.
$(O)/bench/stopwatch: tests/bench/stopwatch.c
	@mkdir -p $(@D)
	$(Q)$(OUR_MUSL_CC) -std=c11 -Os -static -s $(WARNINGS) -o $@ $<
$(O)/bench/machine: tests/bench/machine.c $(call obj,$(BENCH_VMM_SRCS)) $(O)/lib.a
	@mkdir -p $(@D)
	$(Q)$(OUR_MUSL_CC) $(TOOLS_CPPFLAGS) $(TOOLS_CFLAGS) $(MUSL_LDFLAGS) -s -o $@ $^
# After the image's kernel: both are linked in the same build tree.
$(O)/bench/bzImage: $(KERNEL_STAMP) tests/bench/kernel | $(O)/nestcheck.efi
	@mkdir -p $(@D)
	$(Q)$(call step,kernel without an initramfs) env $(KERNEL_ENV) JOBS=$(JOBS) \
		tests/bench/kernel $(KERNEL_SRC) $(KERNEL_BUILD) $@ $(O)/bench/vmlinux

# --- linear: time and memory of every reader ----------------------------------------------------------

# The readers that are not reached by a file, and the program that measures.
LINEAR_SRCS := tools/facts/cmdline.c tools/facts/log.c tools/facts/log_match.c tools/chain/line.c \
	tools/kvm/cmdline_parameters.c tools/selftest/health.c tools/selftest/kernel_log.c
$(O)/linear/readers: tests/linear/readers.c $(call obj,$(LINEAR_SRCS)) $(O)/lib.a
	@mkdir -p $(@D)
	$(Q)$(OUR_MUSL_CC) $(TOOLS_CPPFLAGS) $(TOOLS_CFLAGS) $(MUSL_LDFLAGS) -s -o $@ $^ $(LIBS_LDLIBS)

# --- fuzzing: every reader of bytes that others wrote (tests/fuzz) -----------------------------------

FUZZ := $(O)/fuzz
FUZZ_SECONDS ?= 600
FUZZ_DRIVERS := tests/fuzz/driver.c tests/fuzz/replay.c
FUZZ_TARGETS := $(filter-out $(FUZZ_DRIVERS),$(sort $(wildcard tests/fuzz/*.c)))

# With the host's compiler and without libFuzzer, on files: make check-fuzz-corpus.
$(UNIT)/fuzz_replay: $(patsubst %.c,$(UNIT)/obj/%.o,$(FUZZ_TARGETS) tests/fuzz/replay.c) $(UNIT)/rooms.a
	$(Q)$(CC) $(UNIT_CFLAGS) -o $@ $^ -ljansson -lexpat
-include $(wildcard $(UNIT)/obj/tests/fuzz/*.d)

# With clang's libFuzzer, which has to see the rooms' code as well.
FUZZ_CFLAGS := $(filter-out -fsanitize=%,$(UNIT_CFLAGS)) -fsanitize=fuzzer,address,undefined \
	-Wno-missing-field-initializers
FUZZ_OBJS := $(patsubst %.c,$(FUZZ)/obj/%.o,$(FUZZ_TARGETS) tests/fuzz/driver.c)
FUZZ_ROOM_OBJS := $(patsubst %.c,$(FUZZ)/obj/%.o,$(UNIT_ROOM_SRCS))

$(FUZZ)/obj/%.o: %.c tests/tests.mk
	@mkdir -p $(@D)
	$(Q)clang $(FUZZ_CFLAGS) -MMD -MP -c -o $@ $<
$(FUZZ)/obj/tools/setup/guest/script.o: $(wildcard tools/setup/guest/*.sh)
$(FUZZ)/obj/tools/report/html.o: tools/report/page.css
$(FUZZ)/rooms.a: $(FUZZ_ROOM_OBJS)
	$(Q)rm -f $@
	$(Q)ar rcs $@ $^
$(FUZZ)/fuzz: $(FUZZ_OBJS) $(FUZZ)/rooms.a
	$(Q)$(call step,fuzz: link) clang $(FUZZ_CFLAGS) -o $@ $^ -ljansson -lexpat
-include $(patsubst %.o,%.d,$(FUZZ_OBJS) $(FUZZ_ROOM_OBJS))

.PHONY: fuzz fuzz-xml fuzz-all
fuzz: $(NEEDS_fuzz) ## fuzz the readers of facts and reports for FUZZ_SECONDS (600)
	$(Q)$(COMMAND_fuzz) --only documents
fuzz-xml: $(NEEDS_fuzz) ## fuzz setup xml for FUZZ_SECONDS (600)
	$(Q)$(COMMAND_fuzz) --only xml
fuzz-all: check-fuzz ## the same as check-fuzz
