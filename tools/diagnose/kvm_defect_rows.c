// SPDX-License-Identifier: GPL-2.0-only
/*
 * The known defects of nested KVM, each worked out from the kernel's source and history: which
 * function does what, since which commit, mended by which, and in which stable releases that is.
 */
#include "diagnose/kvm_defects.h"
#include "lib/hw/vmx.h"

const struct kvm_defect kvm_defects[] = {
	/*
	 * svm_enter_smm() leaves L2 by nested_svm_simple_vmexit(), whose svm_set_cr4() puts the host's
	 * CR4.MCE into vmcb01's CR4; that is saved behind HSAVE, svm_leave_smm() copies it back, and
	 * the next nested_svm_vmexit() takes it for L1's. Since 37be407b2ce8 ("Fix L1 state corruption
	 * upon return from SMM"). A host that is booted with mce=off does not show it.
	 */
	{ .name = "nsvm-smi-host-mce",
	  .kernels = { .since = { 5, 14 } },
	  .what = "sets CR4.MCE in L1, as the host has it, once an SMI has come in L2",
	  .harm = "Guest hypervisors set that bit themselves at boot, and find it as they set it.",
	  .harmful = false,
	  .seen = { { "svm_smi_in_l2", SAW_VALUE("read_cr4()", 0x20, 0x60) } } },
	/*
	 * nested_vmx_prepare_msr_bitmap() takes intercepts away from vmcs02's bitmap and never puts
	 * one back; vmcs02 lives from VMXON to VMXOFF. FS_BASE, GS_BASE, KERNEL_GS_BASE since 5.2
	 * (d69129b4e46a), SPEC_CTRL and PRED_CMD since 4.16. The fix was sent to 5.10 and did not
	 * apply (stable list, 2021-11-14); 5.4 and 5.10 never got it.
	 */
	{ .name = "nvmx-msr-intercept-lost",
	  .kernels = { .since = { 5, 2 }, .fixed = { 5, 16 }, .in = { { 5, 15, 0, 3 } } },
	  .commit = "67f4b9969c30",
	  .what = "goes on letting L2 at FS_BASE, GS_BASE, KERNEL_GS_BASE and SPEC_CTRL once L1 let "
		  "it, though L1 asks for these accesses again",
	  .harm = "A guest hypervisor that runs several guests on one CPU, or changes its mind, does "
		  "not see accesses that it asked to see: KVM as L1 loses a guest's SPEC_CTRL that "
		  "way.",
	  .harmful = true,
	  .seen = { { "vmx_msr_bitmap_read", SAW_VALUE("MSR 0xc0000100, read: exit reason",
						       VMX_REASON_RDMSR, VMX_REASON_VMCALL) },
		    { "vmx_msr_bitmap_write", SAW_VALUE("MSR 0xc0000100, write: exit reason",
							VMX_REASON_WRMSR, VMX_REASON_VMCALL) } } },
	/*
	 * load_vmcs12_host_state() did not touch LDTR, since there is nested VMX (3.1, 4704d0befb07).
	 * No stable series got the fix.
	 */
	{ .name = "nvmx-ldtr-kept",
	  .kernels = { .fixed = { 5, 15 } },
	  .commit = "afc8de0118be",
	  .what = "leaves LDTR as it was at a VM exit to L1, which has to come back with none",
	  .harm = "A hypervisor loads the LDT that it needs after each exit, as it has to on a CPU.",
	  .harmful = false,
	  .seen = { { "vmx_host_tr_ldtr", SAW_VALUE("read_ldtr()", 0, 0x100) } } },
	/*
	 * prepare_vmcs02() hands vmcs12's DEBUGCTL to the CPU unchecked; the CPU refuses the bits that
	 * it does not have, and KVM passes that on. Bochs (to 3.1) does not look at the field (vmx.cc
	 * reads it and does nothing with it), so the entry succeeds there. It did not apply to 5.15
	 * (stable list, 2025-08-12).
	 */
	{ .name = "nvmx-debugctl-unchecked",
	  .kernels = { .fixed = { 6, 17 },
		       .fixed_rc = 1,
		       .in = { { 6, 12, 0, 43 }, { 6, 6, 0, 103 }, { 6, 1, 0, 149 } } },
	  .commit = "095686e6fcb4",
	  .what = "leaves the check of L2's DEBUGCTL at an entry to the CPU",
	  .harm = "An entry that has to fail succeeds where the CPU does not refuse the value; no "
		  "hypervisor makes such an entry.",
	  .harmful = false,
	  .seen = { { "vmx_bad_guest_debugctl",
		      SAW_VALUE("DEBUGCTL with a reserved bit: exit reason",
				VMX_REASON_ENTRY_FAILED | VMX_REASON_INVALID_GUEST_STATE,
				VMX_REASON_VMCALL) } } },
};

const size_t n_kvm_defects = sizeof(kvm_defects) / sizeof(kvm_defects[0]);
