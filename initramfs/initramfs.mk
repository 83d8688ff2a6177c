# SPDX-License-Identifier: GPL-2.0-only
# /init, the archive of everything in the image, and the kernel around it: build/nestcheck.efi.

# With the banner's letters: /init shows a verdict itself if nestcheck could not.
INIT_SRCS := $(sort $(wildcard initramfs/init/*.c)) tools/report/banner.c
INIT_OBJS := $(call obj,$(INIT_SRCS))

$(O)/init: $(INIT_OBJS) $(O)/lib.a $(LIBS_STAMP) $(SOURCES)
	$(Q)$(call step,init: link) $(OUR_MUSL_CC) $(MUSL_LDFLAGS) -s -o $@ $(INIT_OBJS) $(O)/lib.a $(LIBS_LDLIBS)

# /lib/vmlinux, the kernel for L1: a placeholder, which replicate fills in when the kernel is linked.
REPLICATE_SRCS := $(wildcard initramfs/replicate/*.c) tools/lib/blake2b.c
$(O)/replicate: $(REPLICATE_SRCS) initramfs/replicate/kernel.h tools/lib/blake2b.h
	$(Q)$(CC) -std=c11 -O1 $(WARNINGS) -Itools -o $@ $(REPLICATE_SRCS)
$(O)/vmlinux: $(O)/replicate $(KERNEL_STAMP)
	$(Q)$(O)/replicate --placeholder $(KERNEL_BUILD)/vmlinux >$@

INITRAMFS_FILES := $(O)/init $(O)/nestcheck $(BUSYBOX) $(CURL) $(KERNEL_MODULES) $(KERNEL_DISK)/files $(O)/vmlinux
# $(call initramfs_list,SED): without the lines that sed deletes.
initramfs_list = sed -e '/^include disk$$/{r $(KERNEL_DISK)/files' -e 'd}' $(1) initramfs/files
GEN_CPIO = O=$(O) BUSYBOX=$(BUSYBOX) CURL=$(CURL) MODULES=$(O)/modules \
	$(KERNEL_BUILD)/gen_init_cpio -t $(SOURCE_DATE_EPOCH) -

# The build's id, by which init knows the medium that it was started from: a digest of everything else in the image,
# but the manifest, and of the kernel's release and configuration. It is in the image, on the FAT partition and in the
# ISO 9660 tree.
$(O)/nestcheck.id: initramfs/files $(INITRAMFS_FILES) $(KERNEL_STAMP)
	$(Q){ $(call initramfs_list,-e '/nestcheck\.id/d' -e '/manifest/d') | $(GEN_CPIO) && \
		cat $(KERNEL_BUILD)/include/config/kernel.release $(KERNEL_BUILD)/.config; } >$@.tmp
	$(Q)sha256sum <$@.tmp | cut -d ' ' -f 1 >$@ && rm $@.tmp

$(O)/manifest: initramfs/files initramfs/manifest $(INITRAMFS_FILES) $(O)/nestcheck.id
	$(Q)$(call initramfs_list,) | sed -e 's|$${O}|$(O)|g; s|$${BUSYBOX}|$(BUSYBOX)|g' \
		-e 's|$${CURL}|$(CURL)|g' \
		-e 's|$${MODULES}|$(O)/modules|g' >$@.files
	$(Q)initramfs/manifest $@.files >$@.new && mv $@.new $@

# Not compressed: the kernel that contains it is compressed once, as a whole.
$(O)/initramfs.cpio: $(O)/manifest $(O)/nestcheck.id
	$(Q)$(call initramfs_list,) | $(GEN_CPIO) >$@

$(O)/nestcheck.efi: $(O)/initramfs.cpio $(O)/replicate $(KERNEL_STAMP) initramfs/relink
	$(Q)$(call step,nestcheck.efi: link the kernel with the initramfs) env $(KERNEL_ENV) JOBS=$(JOBS) \
		initramfs/relink $(KERNEL_SRC) $(KERNEL_BUILD) $(O)/initramfs.cpio $(O)/replicate $@

.PHONY: init efi
init: $(O)/init ## build only PID 1: build/init
efi: $(O)/nestcheck.efi ## build the one file that everything boots: build/nestcheck.efi

-include $(patsubst %.o,%.d,$(INIT_OBJS))
