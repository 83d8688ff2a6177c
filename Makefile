# SPDX-License-Identifier: GPL-2.0-only
# The only entry point, in two stages. The first installs missing packages and starts the second, because the names in
# the cache depend on what is installed (the kernel's source, the compiler). "make help" lists the targets, README.md
# is the manual.

VERSION := 0.1.0
# Every time stamp in the products; changed with the version.
SOURCE_DATE_EPOCH := 1764547200

# Never from the environment: "make clean" deletes the one, and an O there may be that of another project.
# $(call folder,NAME,DEFAULT): from the command line, else the default.
define folder
ifneq ($(origin $(1)),command line)
ifeq ($(MAKELEVEL):$(firstword $(origin $(1))),0:environment)
$$(warning $(1) of the environment has no effect: make $(1)=...)
endif
override $(1) := $(2)
else ifeq ($($(1)),)
$$(error $(1)= names no folder)
else ifneq ($($(1)),$(2))
NAMED_FOLDERS += $(1)
endif
endef
$(eval $(call folder,O,build))
$(eval $(call folder,CACHE_DIR,$(HOME)/.cache/nestcheck))
# $(call remove_folder,NAME): one that was named only if make has created it.
remove_folder = $(if $(filter $(1),$(NAMED_FOLDERS)),tools/build/folder remove,rm -rf) '$($(1))'
JOBS ?= $(shell nproc)
ACCEL ?= tcg
V ?= 0
# Warnings are errors in CI and on request, where they can be fixed. A newer compiler's must not stop a user's build.
WERROR ?= $(if $(filter true 1,$(CI)),1,0)
# The compiler of our own code: gcc or clang, any version. Only the default's products are reproducible.
CC := gcc
START_TIME ?= $(shell date +%s)
export V START_TIME DL_DIR NO_DEPS
# The products must not depend on the user's language and time zone.
export LC_ALL := C
export TZ := UTC

Q := $(if $(filter 1,$(V)),,@)
# $(call step,TEXT[,LINES]) COMMAND: see tools/build/step.
step = tools/build/step '$(1)' $(or $(2),0)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

MAKE_FILES := Makefile tools/sources.mk tools/curl.mk kernel-config/kernel.mk tools/tools.mk initramfs/initramfs.mk \
	iso/iso.mk tests/tests.mk

# The suites: SUITES_fast and so on, NEEDS_NAME, COMMAND_NAME ..., from the heads of their programs.
$(eval $(if $(wildcard tests/suites),$(shell tests/suites)))
# The longest ones first: several suites run side by side.
SUITES_checked := $(SUITES_setup) $(SUITES_fast) $(SUITES_check)

.PHONY: help clean distclean deps
help: ## list the targets
	@echo 'nestcheck $(VERSION): does nested virtualization work here, for real?'
	@echo
	@{ sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/\1|\2/p' $(wildcard $(MAKE_FILES)); \
		$(foreach f,$(wildcard tests/suites),$(f) help;) } | sort | \
		awk -F '|' '{ printf "  %-25s %s\n", $$1, $$2 }'
	@echo
	@echo '  ACCEL=tcg|kvm   how make run emulates the CPU (tcg)'
	@echo '  NO_DEPS=1       install no packages, list what is missing'
	@echo '  DL_DIR=DIR      folder with copies of the pinned source archives'
	@echo '  KERNEL_TARBALL=FILE  a kernel source that is not from a package'
	@echo '  CACHE_DIR=DIR   cache of third-party builds ($(CACHE_DIR))'
	@echo '  O=DIR           folder for the products ($(O)); neither is taken from the environment'
	@echo '  V=1             show the commands'
	@echo '  WERROR=1        warnings are errors, as in CI (CI=true)'
	@echo '  CC=gcc-13       another compiler for our own code, gcc or clang'

clean: ## remove the products
	$(call remove_folder,O)

distclean: clean ## remove the products and the cache
	$(call remove_folder,CACHE_DIR)

deps: ## install what building, running and testing needs
	@tools/build/deps build run uefi bochs check send setup lab bench fresh fuzz

ifeq ($(STAGE),)

# Stage 1: the packages that each target needs (a suite's are in its head); then the same target again, in stage 2.
DEPS_run := build run $(if $(UEFI),uefi)
DEPS_run-intel := build bochs
DEPS_iso := build
DEPS_pxe := build
DEPS_kernel := build
DEPS_all := build
DEPS_check-reproducible := build
DEPS_check-fresh := fresh
DEPS_fuzz := build check fuzz
DEPS_check := build run uefi bochs check $(foreach s,$(SUITES_checked),$(DEPS_check-$(s)))
DEPS_check-setup := $(foreach s,$(SUITES_setup),$(DEPS_check-$(s)))
DEPS_bench := build run uefi bochs check bench
DEPS_fuzz-xml := build check fuzz
DEPS_fuzz-all := build check fuzz

STAGE1_DONE := help clean distclean deps
GOALS := $(filter-out $(STAGE1_DONE),$(MAKECMDGOALS))

ifneq ($(GOALS),)
.PHONY: $(GOALS) stage2
$(GOALS): stage2 ;@:
stage2: $(filter clean distclean deps,$(MAKECMDGOALS))
ifneq ($(filter-out print-%,$(GOALS)),)
	@tools/build/deps \
		$(sort $(foreach g,$(filter-out print-%,$(GOALS)),$(or $(DEPS_$(g)),build run uefi bochs check)))
endif
	@$(MAKE) STAGE=2 -j$(JOBS) $(GOALS)
endif

else

ifneq ($(filter-out print-%,$(or $(MAKECMDGOALS),all)),)
$(foreach f,$(NAMED_FOLDERS),$(shell tools/build/folder create '$($(f))'))
endif

.PHONY: all
all: $(O)/nestcheck.efi $(O)/nestcheck.iso ## build all shipped products

print-%:
	@echo '$($*)'

include kernel-config/kernel.mk
include tools/sources.mk
include tools/curl.mk
include tools/tools.mk
include initramfs/initramfs.mk
include iso/iso.mk
-include tests/tests.mk

endif
