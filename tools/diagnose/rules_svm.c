// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rules about what AMD's nesting lacks to be good or fast. The counterparts on Intel are
 * no-unrestricted-guest and no-shadow-vmcs, in rules_feature.c.
 */
#include <inttypes.h>
#include <string.h>

#include "diagnose/diagnose.h"
#include "diagnose/rules.h"
#include "lib/hw/cpuid.h"
#include "lib/vendor.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A bit of CPUID 0x8000000A EDX: APM Vol. 3 E.4.9. */
struct feature {
	enum cap cap;
	unsigned int bit;
	const char *name;
	const char *parameter; /* of kvm_amd; NULL: it has none */
	bool withheld;	       /* KVM 6.12 never gives it to its guests: svm_set_cpu_caps() */
};

static const struct feature vgif = { CAP_VGIF, 16, "vGIF", "vgif", false };
static const struct feature vls = { CAP_VLS, 15, "virtual VMLOAD/VMSAVE", "vls", false };
static const struct feature assists[] = {
	{ CAP_NRIPS, 3, "NRIPS", "nrips", false },
	{ CAP_VMCB_CLEAN, 5, "VMCB clean bits", NULL, false },
	{ CAP_FLUSH_BY_ASID, 6, "flush by ASID", NULL, false },
	{ CAP_DECODE_ASSISTS, 7, "decode assists", NULL, true },
};

/* SVM can be used here, and not by an emulator, whose speed does not matter. */
static bool svm_works(const struct situation *s)
{
	return vendor_has_svm(s->vendor) && s->virt == TRI_YES && !blocker_exists(s->r) &&
	       !finding_exists(s->r, "emulated-machine");
}

static const char *bit_evidence(struct situation *s, const struct feature *feature)
{
	const struct cpuid_fact *leaf = cpu_cpuid(s->f, s->cpu, CPUID_SVM, 0);

	return leaf ? format(s, "CPUID 0x8000000a EDX is 0x%08" PRIx32 ": bit %u (%s) is 0",
			     leaf->edx, feature->bit, feature->name) :
		      format(s, "there is no CPUID 0x8000000a, so no %s", feature->name);
}

static void check_feature(struct situation *s, const struct rule *rule,
			  const struct feature *feature)
{
	struct finding *f;

	if (!svm_works(s))
		return;
	if (s->r->caps[feature->cap] == TRI_NO) {
		finding_add(s, rule)->evidence = bit_evidence(s, feature);
	} else if (s->r->caps[feature->cap] == TRI_YES &&
		   kvm_parameter(s->r, feature->parameter) == TRI_NO) {
		f = finding_add(s, rule);
		f->title = format(s, "%s is switched off in KVM", feature->name);
		f->evidence = format(s,
				     "the CPU has it, but /sys/module/kvm_amd/parameters/%s is off",
				     feature->parameter);
		f->remedy = format(s,
				   "Remove %s=0 (or N) from /etc/modprobe.d and from the kernel's "
				   "command line, and load kvm_amd again",
				   feature->parameter);
	}
}

static void check_no_vgif(struct situation *s, const struct rule *rule)
{
	check_feature(s, rule, &vgif);
}

/* The kernel itself switches it off on CPUs on which it is defective. */
static void check_no_vls(struct situation *s, const struct rule *rule)
{
	if (!vls_is_defective(s))
		check_feature(s, rule, &vls);
}

static void check_assists(struct situation *s, const struct rule *rule)
{
	const char *names = NULL, *evidence = NULL;
	struct finding *f;

	if (!svm_works(s))
		return;
	for (size_t i = 0; i < COUNT(assists); i++) {
		if (s->r->caps[assists[i].cap] != TRI_NO ||
		    (assists[i].withheld && s->guest == TRI_YES))
			continue;
		names = format(s, "%s%s%s", names ? names : "", names ? ", " : "", assists[i].name);
		evidence = evidence ? format(s, "%s, bit %u (%s) is 0", evidence, assists[i].bit,
					     assists[i].name) :
				      bit_evidence(s, &assists[i]);
	}
	if (!names)
		return;
	f = finding_add(s, rule);
	f->title = format(s, "The CPU lacks what makes SVM's exits cheaper: %s", names);
	f->evidence = evidence;
}

#define NEWER_CPU "Use a newer CPU"

static const struct rule rules[] = {
	{ .id = "no-vgif",
	  .severity = SEVERITY_DEGRADED,
	  .title = "The CPU has no vGIF (virtual global interrupt flag)",
	  .cause = "Nested guests are slower here: vGIF is missing or not used",
	  .check = check_no_vgif,
	  .remedy = "Nesting works, but each CLGI and STGI of a guest hypervisor exits, and deeper "
		    "nesting may fail. " NEWER_CPU " (Zen or later)",
	  .guest = "Nesting works, but each CLGI and STGI of a guest hypervisor exits, and deeper "
		   "nesting may fail. The hypervisor below does not show vGIF to this virtual "
		   "machine; if others of the same type have it, it is the host: have this one "
		   "moved (nestcheck compare shows the difference)",
	  .below = true,
	  .explain =
		  "A hypervisor on SVM closes and opens the global interrupt flag (CLGI, STGI) "
		  "around each VMRUN. With vGIF (CPUID 0x8000000a EDX bit 16) the CPU keeps that "
		  "flag for a guest hypervisor without exits; without it KVM emulates each. In a "
		  "cloud the hosts of one type can differ in it (cncf/automation#604): a level "
		  "more then works on some of them only. kvm_amd's parameter vgif switches it "
		  "off." },
	{ .id = "no-vls",
	  .severity = SEVERITY_DEGRADED,
	  .title = "The CPU has no virtual VMLOAD and VMSAVE",
	  .cause = "Nested guests are slower here: virtual VMLOAD/VMSAVE is missing or not used",
	  .check = check_no_vls,
	  .remedy = "Nesting works, but each VMLOAD and VMSAVE of a guest hypervisor "
		    "exits. " NEWER_CPU " (Zen or later)",
	  .guest = "Nesting works, but each VMLOAD and VMSAVE of a guest hypervisor exits. The "
		   "hypervisor below does not show them to this virtual machine",
	  .below = true,
	  .explain = "A hypervisor on SVM runs VMLOAD and VMSAVE around each VMRUN. With virtual "
		     "VMLOAD/VMSAVE (CPUID 0x8000000a EDX bit 15) the CPU does them for a guest "
		     "hypervisor without exits; without it KVM emulates each. On Zen 4 client "
		     "CPUs they are defective and switched off by the kernel: zen4-vls. kvm_amd's "
		     "parameter vls switches them off." },
	{ .id = "no-svm-assists",
	  .severity = SEVERITY_DEGRADED,
	  .title = "The CPU lacks what makes SVM's exits cheaper",
	  .cause = "Nested guests are slower here: aids of AMD-V are missing or not used",
	  .check = check_assists,
	  .remedy = "Nesting works, but every exit costs more. " NEWER_CPU,
	  .guest = "Nesting works, but every exit costs more. The hypervisor below does not show "
		   "them to this virtual machine",
	  .below = true,
	  .explain =
		  "CPUID 0x8000000a EDX: bit 3, NRIPS, gives the address of the next instruction, "
		  "so that KVM need not decode it; bit 5, VMCB clean bits, let the CPU keep what "
		  "it has read of the VMCB; bit 6, flush by ASID, flushes one guest's TLB entries "
		  "and no others; bit 7, decode assists, hand KVM the intercepted instruction's "
		  "bytes. The grade `good` needs the first three. AMD CPUs have all of them from "
		  "family 0x15 on." },
};

const struct rule_table svm_rules = { rules, COUNT(rules) };
