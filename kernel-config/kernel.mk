# SPDX-License-Identifier: GPL-2.0-only
# The kernel: unpacked, configured and built once per set of inputs, in the cache.
#
# KERNEL_SRC    unpacked source, read-only for everyone (tests/mutants copy what they change)
# KERNEL_BUILD  its build tree (make -C KERNEL_SRC O=KERNEL_BUILD): vmlinux, modules, .config
# KERNEL_MODULES  the modules in the image, in load order
# KERNEL_DISK  what "setup disk" loads: compressed modules, and DIR/files, their lines for initramfs/files
# KERNEL_HEADERS  user space headers for musl
#
# initramfs.mk links the kernel again with the real initramfs in it; see there.

KERNEL_SERIES := 6.12
KERNEL_TARBALL ?= /usr/src/linux-source-$(KERNEL_SERIES).tar.xz
# The oldest 6.12.y known to have the fixes to nested virtualization that are needed.
KERNEL_MIN := 6.12.117

KERNEL_FRAGMENTS := $(sort $(wildcard kernel-config/*.config))
# The tarball's size and time identify it well enough for a local cache; hashing 150 MB on every call would be slow.
KERNEL_SRC_KEY := $(shell stat -L -c '%n %s %Y' $(KERNEL_TARBALL) 2>/dev/null | sha256sum | cut -c1-12)
KERNEL_KEY := $(shell { echo '$(KERNEL_SRC_KEY) $(SOURCE_DATE_EPOCH)'; gcc --version; ld --version; \
	cat $(KERNEL_FRAGMENTS) kernel-config/configure kernel-config/build; } 2>/dev/null | \
	sha256sum | cut -c1-12)

KERNEL_SRC := $(CACHE_DIR)/linux-src-$(KERNEL_SRC_KEY)
KERNEL_BUILD := $(CACHE_DIR)/linux-$(KERNEL_KEY)
KERNEL_STAMP := $(KERNEL_BUILD)/.nestcheck-built
KERNEL_HEADERS := $(KERNEL_BUILD)/usr/include
KERNEL_MODULE_PATHS := virt/lib/irqbypass.ko arch/x86/kvm/kvm.ko arch/x86/kvm/kvm-intel.ko \
	arch/x86/kvm/kvm-amd.ko
KERNEL_MODULES := $(addprefix $(O)/modules/,$(notdir $(KERNEL_MODULE_PATHS)))

# Everything that affects the output is set here: the same sources give the same kernel.
KERNEL_ENV := KBUILD_BUILD_USER=nestcheck KBUILD_BUILD_HOST=nestcheck KBUILD_BUILD_VERSION=1 \
	KBUILD_BUILD_TIMESTAMP='$(shell LC_ALL=C date -u -d @$(SOURCE_DATE_EPOCH))' LC_ALL=C TZ=UTC \
	SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH)
KERNEL_MAKE := $(KERNEL_ENV) $(MAKE) -C $(KERNEL_SRC) O=$(KERNEL_BUILD) ARCH=x86_64 -j$(JOBS)

$(KERNEL_STAMP):
	$(Q)$(call step,kernel (once; some minutes),1900) env $(KERNEL_ENV) JOBS=$(JOBS) \
		kernel-config/build $(KERNEL_TARBALL) $(KERNEL_MIN) $(KERNEL_SRC) $(KERNEL_BUILD) $(KERNEL_FRAGMENTS)
	$(Q)touch $@

$(KERNEL_MODULES) &: $(KERNEL_STAMP)
	$(Q)mkdir -p $(O)/modules
	$(Q)for m in $(KERNEL_MODULE_PATHS); do \
		strip --strip-debug -o $(O)/modules/$$(basename $$m) $(KERNEL_BUILD)/$$m || exit 1; \
	done

KERNEL_DISK := $(O)/disk
$(KERNEL_DISK)/files: $(KERNEL_STAMP) kernel-config/disk-modules
	$(Q)kernel-config/disk-modules $(KERNEL_BUILD) $(KERNEL_DISK)

.PHONY: kernel kernel-config
kernel: $(KERNEL_STAMP) $(KERNEL_MODULES) ## build the kernel and its modules (cached)
	$(Q)echo "kernel: $$(cat $(KERNEL_BUILD)/include/config/kernel.release) in $(KERNEL_BUILD)"
