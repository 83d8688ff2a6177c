# SPDX-License-Identifier: GPL-2.0-only
# curl, a program of its own in the image, which sends reports: plain HTTP and TFTP. Not in sources.mk, of which the
# libraries' key is made.

# Fixes since 8.14.1, which Debian 13 has as patches, concern what tools/build/curl leaves out: TLS, cookies, WebSocket,
# SMB, netrc, authentication, proxies.
$(eval $(call source,curl,8.14.1,6766ada7101d292b42b8b15681120acd68effa4a9660935853cf6d61f0d984d4,\
	pool/main/c/curl/curl_8.14.1.orig.tar.gz,\
	https://curl.se/download/curl-8.14.1.tar.gz))

# A missing archive is reported at once, not after minutes.
$(KERNEL_STAMP): | $(curl_TAR)

CURL_KEY := $(shell { echo '$(curl_SHA256) $(KERNEL_SRC_KEY) $(MUSL_CFLAGS) $(MUSL_LDFLAGS)'; gcc --version; \
	dpkg-query -W musl-dev; cat tools/build/curl; } 2>/dev/null | sha256sum | cut -c1-12)
CURL_DIR := $(CACHE_DIR)/curl-$(CURL_KEY)
CURL := $(CURL_DIR)/curl

$(CURL): | $(KERNEL_STAMP) $(BUSYBOX) $(curl_TAR)
	$(Q)$(call step,curl,420) env CC='$(MUSL_CC)' CFLAGS='$(MUSL_CFLAGS)' LDFLAGS='$(MUSL_LDFLAGS)' JOBS=$(JOBS) \
		tools/build/curl $(CURL_DIR) $(curl_TAR) $(KERNEL_HEADERS)
