# SPDX-License-Identifier: GPL-2.0-only
# The media: ISO (CD, stick, disk; BIOS and UEFI) and PXE tree, and targets that boot them in emulators.

ISO_FILES := $(wildcard iso/*.cfg iso/*.ipxe) iso/make-iso
PXE_FILES := pxelinux.0 ldlinux.c32 nestcheck.efi nestcheck.ipxe pxelinux.cfg/default
# make run
MEMORY ?= 512
SMP ?= 2
CPU ?=
UEFI ?=
TIMEOUT ?= 300
# make run-intel: a model that "bochs --help cpu" lists
MODEL ?= corei7_haswell_4770
# make check-fresh
FRESH_SUITES ?= bookworm trixie sid
FRESH_TARGETS ?= run check

$(O)/nestcheck.iso: $(O)/nestcheck.efi $(O)/nestcheck.id $(ISO_FILES)
	$(Q)$(call step,nestcheck.iso) env SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) iso/make-iso $< $(O)/nestcheck.id $@

$(O)/pxe/.done: $(O)/nestcheck.efi iso/pxelinux.cfg iso/nestcheck.ipxe
	$(Q)rm -rf $(O)/pxe && mkdir -p $(O)/pxe/pxelinux.cfg
	$(Q)cp /usr/lib/PXELINUX/pxelinux.0 /usr/lib/syslinux/modules/bios/ldlinux.c32 $(O)/nestcheck.efi \
		iso/nestcheck.ipxe $(O)/pxe
	$(Q)cp iso/pxelinux.cfg $(O)/pxe/pxelinux.cfg/default
	$(Q)touch -d @$(SOURCE_DATE_EPOCH) $(addprefix $(O)/pxe/,$(PXE_FILES)) && touch $@

.PHONY: iso pxe run run-intel check-reproducible check-fresh
iso: $(O)/nestcheck.iso ## build the image for CD, USB stick and disk: build/nestcheck.iso
	$(Q)printf '%s: %s bytes, nestcheck.efi: %s bytes\n' $< $$(stat -c %s $< $(O)/nestcheck.efi)
pxe: $(O)/pxe/.done ## build the tree for a TFTP server: build/pxe
	$(Q)echo '$(O)/pxe: pxelinux.0 (BIOS), nestcheck.efi (UEFI), nestcheck.ipxe (iPXE)'

run: $(O)/nestcheck.iso ## build, boot the ISO in QEMU, exit by the verdict (ACCEL=kvm, UEFI=1)
	@iso/nestcheck-qemu --iso $< --accel $(ACCEL) --memory $(MEMORY) --smp $(SMP) --timeout $(TIMEOUT) \
		$(if $(CPU),--cpu $(CPU)) $(if $(UEFI),--uefi)

run-intel: $(O)/nestcheck.iso ## the same with an emulated Intel CPU, in Bochs (MODEL=...)
	@iso/nestcheck-bochs --iso $< --model $(MODEL) --memory $(MEMORY) --timeout $(TIMEOUT)

check-reproducible: ## build twice from clean, in two places, and compare the bytes
	@iso/check-reproducible

check-fresh: ## make run and make check on each of FRESH_SUITES, made by debootstrap
	@CACHE_DIR='$(CACHE_DIR)' FRESH_TARGETS='$(FRESH_TARGETS)' iso/check-fresh $(FRESH_SUITES)
