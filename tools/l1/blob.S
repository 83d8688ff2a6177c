/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest hypervisor as data of nestcheck: build/l1.bin, the flat binary of
 * tools/l1/{start,common,vmx,svm}, loaded by the driver at L1_BASE (abi.h). L1_BIN comes from
 * tools.mk. Declared in blob.h.
 */
	.section .rodata.l1_image, "a", @progbits
	.balign 16
	.global l1_image, l1_image_end
	.hidden l1_image, l1_image_end
	.type l1_image, @object
l1_image:
	.incbin L1_BIN
l1_image_end:
	.size l1_image, . - l1_image
	.byte 0

	.section .note.GNU-stack, "", @progbits
