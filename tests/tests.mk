# SPDX-License-Identifier: GPL-2.0-only
# The tests. "make check" runs every suite of CHECK_SUITES and counts; "make check-SUITE" runs one.
#
# Each suite is a command that ends with a line 'N passed, N failed, N skipped' and exits 0 only if
# nothing failed; tests/check adds them up.

# --- unit tests: the pure rooms on the host, with the host's C library and sanitizers ---------------

UNIT := $(O)/unit
UNIT_TESTS := $(patsubst tests/unit/%.c,$(UNIT)/%,$(sort $(wildcard tests/unit/test_*.c)))
# The rooms that decide and render are in the archive, so that a test links what it uses. Not in it:
# init's main(), and the rooms that only touch the machine.
UNIT_ROOMS := lib lib/hw facts diagnose report setup $(SETUP_ROOMS)
# Of rooms that are not: the files of them that decide.
UNIT_PURE := tools/selftest/passes.c tools/selftest/kernel_log.c tools/kvm/cmdline_parameters.c \
	$(addprefix tools/selftest/,emulator.c hazards.c guard.c health.c) tests/unit/no_libcpuid.c \
	$(addprefix tools/vmm/,acpi.c cpuid.c entry_failed.c linux.c linux_load.c machine_end.c serial.c) \
	$(addprefix tools/chain/,line.c orders.c memory.c root.c record.c levels.c judge.c proof.c sha256.c)
UNIT_ROOM_SRCS := $(filter-out tools/facts/libcpuid.c initramfs/init/main.c, \
	$(sort $(foreach r,$(UNIT_ROOMS),$(wildcard tools/$(r)/*.c))) $(INIT_SRCS) $(UNIT_PURE))
UNIT_ROOM_OBJS := $(patsubst %.c,$(UNIT)/obj/%.o,$(UNIT_ROOM_SRCS))
# cmocka 2 warns of names that are the only ones that cmocka 1 has.
UNIT_CFLAGS := -std=c11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer $(WARNINGS) -Itools -Iinitramfs -D_GNU_SOURCE -DUNIT_TEST \
	-DCMOCKA_DISABLE_DEPRECATION_WARNINGS -DNESTCHECK_VERSION='"$(VERSION)"' -DTESTS_DIR='"$(CURDIR)/tests"'

$(UNIT)/obj/%.o: %.c tests/tests.mk
	@mkdir -p $(@D)
	$(Q)$(CC) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<
$(UNIT)/obj/tools/setup/guest/script.o: $(wildcard tools/setup/guest/*.sh)
$(UNIT)/rooms.a: $(UNIT_ROOM_OBJS)
	$(Q)rm -f $@
	$(Q)ar rcs $@ $(UNIT_ROOM_OBJS)
$(UNIT)/test_%: $(UNIT)/obj/tests/unit/test_%.o $(UNIT)/rooms.a
	$(Q)$(CC) $(UNIT_CFLAGS) -o $@ $^ -lcmocka -ljansson -lexpat
.SECONDARY: $(UNIT_ROOM_OBJS) $(patsubst $(UNIT)/%,$(UNIT)/obj/tests/unit/%.o,$(UNIT_TESTS))

-include $(patsubst %.o,%.d,$(UNIT_ROOM_OBJS)) $(wildcard $(UNIT)/obj/tests/unit/*.d)

# --- the suites --------------------------------------------------------------------------------------

SETUP_SUITES := setup-host setup-xml setup-guest setup-disk
CHECK_SUITES := style harness matrix-rules kselftest-rules mutant-rules defect-rules unit replay decoder documents \
	denied image launcher boot matrix $(SETUP_SUITES)
SUITE_style = tests/style
SUITE_harness = tests/boot/test_harness.py
SUITE_matrix-rules = tests/matrix/test_matrix.py
SUITE_kselftest-rules = tests/kselftest/test_kselftest.py
SUITE_mutant-rules = tests/mutants/run --check --kernel-source $(KERNEL_SRC)
SUITE_defect-rules = tests/defects $(O)/l1.bin
SUITE_unit = tests/unit/run $(UNIT_TESTS)
SUITE_replay = tests/replay $(O)/nestcheck
SUITE_decoder = tests/decoder $(O)/nestcheck
SUITE_documents = tests/documents $(O)/nestcheck
SUITE_denied = tests/denied $(O)/nestcheck
SUITE_image = tests/boot/image $(O)
SUITE_launcher = tests/boot/launcher $(O)
SUITE_boot = tests/boot/run --build $(O) --cache $(CACHE_DIR) $(if $(ONLY),--only '$(ONLY)')

# Emulators and kernels of other releases of Debian, got from apt's mirror into the cache.
MATRIX = tests/matrix/run --build $(O) --cache $(CACHE_DIR) --busybox $(BUSYBOX)
SUITE_matrix = $(MATRIX) --quick

# Judged by the tools that will read it: modprobe, libvirt, virt-install, vagrant, QEMU, file systems' own.
SUITE_setup-host = tests/setup/host $(O)/nestcheck
SUITE_setup-xml = tests/setup/xml $(O)/nestcheck
SUITE_setup-guest = tests/setup/guest $(O)
SUITE_setup-disk = tests/setup/disk $(O)

CHECK_PRODUCTS := $(O)/nestcheck $(O)/nestcheck.efi $(O)/nestcheck.iso $(KERNEL_MODULES)

BENCH_VMM_SRCS := $(sort $(wildcard tools/vmm/*.c))
BENCH_PRODUCTS := $(O)/poweroff $(O)/bench/stopwatch $(O)/bench/bzImage $(O)/bench/machine

.PHONY: check check-fast $(addprefix check-,$(CHECK_SUITES)) check-setup check-models check-diagnosis check-mutants \
	check-kselftest check-stress bench check-compilers ours
check: $(UNIT_TESTS) $(CHECK_PRODUCTS) $(BUSYBOX) pxe ## run all tests (no network, no KVM needed)
	$(Q)O=$(O) tests/check $(foreach s,$(CHECK_SUITES),'$(s)=$(SUITE_$(s))')
check-fast: $(UNIT_TESTS) $(O)/nestcheck $(KERNEL_STAMP) ## only those that boot nothing
	$(Q)O=$(O) tests/check \
		$(foreach s,style harness matrix-rules kselftest-rules mutant-rules defect-rules unit replay decoder \
			documents denied, \
			'$(s)=$(SUITE_$(s))')
check-style: ## formatting, shellcheck, SPDX lines, line lengths, citations of tools/doc
	$(Q)$(SUITE_style)
check-harness: ## the tests of the tests
	$(Q)$(SUITE_harness)
check-matrix-rules: ## the tests of the matrix: rows, judge, cache
	$(Q)$(SUITE_matrix-rules)
check-kselftest-rules: ## the tests of kselftest: its table, its results
	$(Q)$(SUITE_kselftest-rules)
check-mutant-rules: $(KERNEL_STAMP) ## every defect's line is in the kernel's source
	$(Q)$(SUITE_mutant-rules)
check-defect-rules: $(O)/l1.bin ## the tables of known defects: are their cases and words L1's?
	$(Q)$(SUITE_defect-rules)
check-unit: $(UNIT_TESTS) ## unit tests on the host, with sanitizers
	$(Q)$(SUITE_unit)
check-replay: $(O)/nestcheck ## recorded machines, diagnosed again
	$(Q)$(SUITE_replay)
check-decoder: $(O)/nestcheck ## capabilities by a second decoder, over many recordings
	$(Q)$(SUITE_decoder)
check-documents: $(O)/nestcheck ## a stored report shown again, and the JSON Schemas
	$(Q)$(SUITE_documents)
check-denied: $(O)/nestcheck ## this machine, as a user who may open nothing
	$(Q)$(SUITE_denied)
check-image: $(CHECK_PRODUCTS) pxe ## the built files: PE header, sizes, partitions
	$(Q)$(SUITE_image)
check-launcher: $(CHECK_PRODUCTS) ## iso/nestcheck-qemu: does its exit status tell the verdict?
	$(Q)$(SUITE_launcher)
check-boot: $(CHECK_PRODUCTS) pxe ## boot every row of tests/expect (ONLY=GLOB: some)
	$(Q)$(SUITE_boot)
check-setup: $(CHECK_PRODUCTS) ## what setup writes and prints, judged by the tools that read it
	$(Q)O=$(O) tests/check $(foreach s,$(SETUP_SUITES),'$(s)=$(SUITE_$(s))')
check-models: $(CHECK_PRODUCTS) pxe ## the complete self-test on every CPU model (ONLY=GLOB: some)
	$(Q)$(SUITE_boot) tests/expect/models/full.toml
check-stress: $(CHECK_PRODUCTS) pxe ## rows many times over, idle and loaded (TIMES=N ROWS=... LOAD=idle|loaded)
	$(Q)tests/boot/stress --build $(O) $(if $(TIMES),--times $(TIMES)) $(if $(LOAD),--load $(LOAD)) $(ROWS)
check-diagnosis: $(CHECK_PRODUCTS) pxe ## what is diagnosed of every CPU model (ONLY=GLOB: some)
	$(Q)$(SUITE_boot) tests/expect/diagnosis.toml tests/expect/models/diagnosis.toml
check-mutants: $(CHECK_PRODUCTS) ## defects put into KVM: each must be named (ONLY=GLOB)
	$(Q)tests/mutants/run --build $(O) --kernel-source $(KERNEL_SRC) --kernel-build $(KERNEL_BUILD) \
		$(if $(ONLY),--only '$(ONLY)')
check-matrix: $(CHECK_PRODUCTS) $(BUSYBOX) ## all emulators and kernels of tests/matrix (ONLY=GLOB: some)
	$(Q)$(MATRIX) $(if $(ONLY),--only '$(ONLY)')
check-kselftest: $(CHECK_PRODUCTS) ## the kernel's nested selftests in the image, beside ours
	$(Q)tests/kselftest/run --build $(O) --kernel-source $(KERNEL_SRC) --kernel-headers $(KERNEL_HEADERS)
# Every program that is compiled from this checkout's own C.
ours: $(O)/nestcheck $(O)/init $(O)/replicate $(UNIT_TESTS) $(filter-out %bzImage,$(BENCH_PRODUCTS))
check-compilers: $(LIBS_STAMP) ## our own code by every installed gcc and clang: no warning, unit tests pass
	$(Q)tests/compilers $(O) ours
bench: $(CHECK_PRODUCTS) $(BUSYBOX) $(BENCH_PRODUCTS) ## sizes and times, side by side with Debian's kernel and QEMU
	$(Q)tests/bench/run --build $(O) --cache $(CACHE_DIR) --busybox $(BUSYBOX) \
		$(if $(RUNS),--runs $(RUNS)) $(if $(ONLY),--only '$(ONLY)') $(if $(KVMTOOL),--kvmtool '$(KVMTOOL)')

# An init that says so and powers off: what every kernel can be timed with.
$(O)/poweroff: tests/bench/poweroff.c
	$(Q)$(OUR_MUSL_CC) -std=c11 -Os -static -s $(WARNINGS) -o $@ $<

# What starts virtual machines and times them, inside the image.
$(O)/bench/stopwatch: tests/bench/stopwatch.c
	@mkdir -p $(@D)
	$(Q)$(OUR_MUSL_CC) -std=c11 -Os -static -s $(WARNINGS) -o $@ $<
$(O)/bench/machine: tests/bench/machine.c $(call obj,$(BENCH_VMM_SRCS)) $(O)/lib.a
	@mkdir -p $(@D)
	$(Q)$(OUR_MUSL_CC) $(TOOLS_CPPFLAGS) $(TOOLS_CFLAGS) $(MUSL_LDFLAGS) -s -o $@ $^
# After the image's: both are linked in the one build tree.
$(O)/bench/bzImage: $(KERNEL_STAMP) tests/bench/kernel | $(O)/nestcheck.efi
	@mkdir -p $(@D)
	$(Q)$(call step,kernel without an initramfs) env $(KERNEL_ENV) JOBS=$(JOBS) \
		tests/bench/kernel $(KERNEL_SRC) $(KERNEL_BUILD) $@ $(O)/bench/vmlinux

# --- fuzzing: the readers of facts and reports (tests/fuzz), clang's libFuzzer ------------------------

FUZZ := $(O)/fuzz
FUZZ_SECONDS ?= 600
FUZZ_CFLAGS := -std=c11 -O1 -g -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $(WARNINGS) -Itools \
	-Iinitramfs -D_GNU_SOURCE -DUNIT_TEST -DNESTCHECK_VERSION='"$(VERSION)"'
# What the target links is small enough to be compiled in one go.
FUZZ_SRCS := tests/fuzz/fuzz_documents.c $(LIB_SRCS) $(sort $(wildcard tools/diagnose/*.c tools/report/*.c)) \
	tools/selftest/emulator.c
FUZZ_SEEDS := $(wildcard tests/expect/replay/*.json) tests/expect/report.json

$(FUZZ)/fuzz_documents: $(FUZZ_SRCS) $(wildcard tools/*/*.h)
	@mkdir -p $(@D)
	$(Q)$(call step,fuzz: build) clang $(FUZZ_CFLAGS) -o $@ $(FUZZ_SRCS) -ljansson

.PHONY: fuzz
fuzz: $(FUZZ)/fuzz_documents ## fuzz the readers of facts and reports for FUZZ_SECONDS (600)
	$(Q)mkdir -p $(FUZZ)/corpus $(FUZZ)/seeds
	$(Q)cp $(FUZZ_SEEDS) $(FUZZ)/seeds/
	$(Q)$< -max_total_time=$(FUZZ_SECONDS) -max_len=65536 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		-dict=tests/fuzz/json.dict -artifact_prefix=$(FUZZ)/ $(FUZZ)/corpus $(FUZZ)/seeds

# setup xml: the same over domains; seeds are those of tests/setup.
FUZZ_XML_SRCS := tests/fuzz/fuzz_xml.c $(addprefix tools/lib/,arena.c diff.c output.c) \
	$(sort $(wildcard tools/setup/xml/*.c))

$(FUZZ)/fuzz_xml: $(FUZZ_XML_SRCS) $(wildcard tools/lib/*.h tools/setup/*.h tools/setup/xml/*.h)
	@mkdir -p $(@D)
	$(Q)$(call step,fuzz: build) clang $(FUZZ_CFLAGS) -o $@ $(FUZZ_XML_SRCS) -lexpat

.PHONY: fuzz-xml
fuzz-xml: $(FUZZ)/fuzz_xml ## fuzz setup xml for FUZZ_SECONDS (600)
	$(Q)mkdir -p $(FUZZ)/corpus-xml $(FUZZ)/seeds-xml
	$(Q)tests/setup/domains.py $(FUZZ)/seeds-xml
	$(Q)$< -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
		-dict=tests/fuzz/xml.dict -artifact_prefix=$(FUZZ)/ $(FUZZ)/corpus-xml $(FUZZ)/seeds-xml
