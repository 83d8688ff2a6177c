/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest hypervisor as it lies in the nestcheck binary: its first bytes are a struct l1_header (abi.h), its
 * size is l1_image_end - l1_image. Read-only; the driver copies it into the VM's memory at L1_BASE.
 */
#ifndef NESTCHECK_L1_BLOB_H
#define NESTCHECK_L1_BLOB_H

extern const unsigned char l1_image[];
extern const unsigned char l1_image_end[];

#endif
