# SPDX-License-Identifier: GPL-2.0-only
# Pinned third-party sources, and their builds for the image: static, with musl.
# Each part has one stamp in the cache, named by the hash of all its inputs.
#
#   $(call source,NAME,VERSION,SHA256,PATH ON A DEBIAN MIRROR,THE PROJECT'S OWN RELEASE)
# gives NAME_TAR and a rule that fetches it (tools/build/fetch).

define source
$(1)_VERSION := $(2)
$(1)_SHA256 := $(3)
$(1)_TAR := $(CACHE_DIR)/dl/$(notdir $(4))
$$($(1)_TAR):
	$$(Q)$$(call step,fetch $(1) $(2)) tools/build/fetch $$@ $(3) $(4) $(5)
endef

$(eval $(call source,busybox,1.35.0,faeeb244c35a348a334f4a59e44626ee870fb07b6884d68c10ae8bc19f83a694,\
	pool/main/b/busybox/busybox_1.35.0.orig.tar.bz2,\
	https://busybox.net/downloads/busybox-1.35.0.tar.bz2))
$(eval $(call source,jansson,2.14,c739578bf6b764aa0752db9a2fdadcfe921c78f1228c7ec0bb47fa804c55d17b,\
	pool/main/j/jansson/jansson_2.14.orig.tar.gz,\
	https://github.com/akheron/jansson/archive/v2.14/jansson-2.14.tar.gz))
# Debian's archive is upstream's without its prebuilt drivers, so upstream's has another checksum and cannot replace
# it: without a Debian mirror, use DL_DIR.
$(eval $(call source,libcpuid,0.7.1,0b4777fd4db6499505a5b1bc4d9e91d03296fdb8bb2fd11931a394e03f497280,\
	pool/main/libc/libcpuid/libcpuid_0.7.1+repack1.orig.tar.xz,))
$(eval $(call source,qrcodegen,1.8.0,2ec0a4d33d6f521c942eeaf473d42d5fe139abcfa57d2beffe10c5cf7d34ae60,\
	pool/main/q/qr-code-generator/qr-code-generator_1.8.0.orig.tar.gz,\
	https://github.com/nayuki/QR-Code-generator/archive/v1.8.0/QR-Code-generator-1.8.0.tar.gz))

# Fixes since 2.5.0 concern cases that setup/xml/ excludes: document types (refused at their first word, so no entity
# is ever declared: CVE-2023-52426), parsing in pieces, and more than 2 GiB.
$(eval $(call source,expat,2.5.0,ab00ee05c7067fd10a35c5d2a4922ebba746ddd50ff83b79c828da17bbdf1757,\
	pool/main/e/expat/expat_2.5.0.orig.tar.gz,\
	https://github.com/libexpat/libexpat/archive/R_2_5_0.tar.gz))

# All archives before the kernel: a missing one is reported at once, not after minutes.
$(KERNEL_STAMP): | $(busybox_TAR) $(jansson_TAR) $(libcpuid_TAR) $(qrcodegen_TAR) $(expat_TAR)

# The compiler of everything that runs in the image. musl-gcc has no kernel headers, so we add ours.
MUSL_CC := musl-gcc
# ... and of our own code there, if make was called with another CC.
OUR_MUSL_CC := $(if $(filter gcc,$(CC)),$(MUSL_CC),$(if $(findstring clang,$(CC)),tools/build/musl-clang $(CC),\
	env REALGCC=$(CC) $(MUSL_CC)))
MUSL_CFLAGS := -Os -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -fno-unwind-tables \
	-fno-stack-protector -fomit-frame-pointer -fno-pie -fno-ident
MUSL_LDFLAGS := -static -no-pie -Wl,--gc-sections -Wl,--build-id=none -Wl,-z,norelro -Wl,-z,noseparate-code

LIBS_KEY := $(shell { echo '$(jansson_SHA256) $(libcpuid_SHA256) $(qrcodegen_SHA256) $(expat_SHA256) $(MUSL_CFLAGS)'; \
	gcc --version; dpkg-query -W musl-dev; cat tools/sources.mk tools/build/libs; } 2>/dev/null | \
	sha256sum | cut -c1-12)
LIBS := $(CACHE_DIR)/libs-$(LIBS_KEY)
LIBS_STAMP := $(LIBS)/.built
LIBS_CFLAGS := -isystem $(LIBS)/include -isystem $(KERNEL_HEADERS)
LIBS_LDLIBS := $(LIBS)/libjansson.a $(LIBS)/libcpuid.a $(LIBS)/libqrcodegen.a $(LIBS)/libexpat.a

# One after the other (kernel, libraries, busybox), each with both cores.
$(LIBS_STAMP): | $(KERNEL_STAMP) $(jansson_TAR) $(libcpuid_TAR) $(qrcodegen_TAR) $(expat_TAR)
	$(Q)$(call step,libraries: jansson libcpuid qrcodegen expat,30) env CC='$(MUSL_CC)' \
		CFLAGS='$(MUSL_CFLAGS)' tools/build/libs $(LIBS) $(jansson_TAR) $(libcpuid_TAR) $(qrcodegen_TAR) \
		$(expat_TAR)
	$(Q)touch $@

.PHONY: libs
libs: $(LIBS_STAMP) ## build the third-party libraries (cached)

# busybox: initramfs/busybox.config selects its applets.
BUSYBOX_KEY := $(shell { echo '$(busybox_SHA256) $(KERNEL_SRC_KEY)'; gcc --version; dpkg-query -W musl-dev; \
	cat initramfs/busybox.config tools/build/busybox; } 2>/dev/null | sha256sum | cut -c1-12)
BUSYBOX_DIR := $(CACHE_DIR)/busybox-$(BUSYBOX_KEY)
BUSYBOX := $(BUSYBOX_DIR)/busybox

$(BUSYBOX): | $(KERNEL_STAMP) $(LIBS_STAMP) $(busybox_TAR)
	$(Q)$(call step,busybox,270) env CC='$(MUSL_CC)' JOBS=$(JOBS) SOURCE_DATE_EPOCH=$(SOURCE_DATE_EPOCH) \
		tools/build/busybox $(BUSYBOX_DIR) $(busybox_TAR) initramfs/busybox.config $(KERNEL_HEADERS)
