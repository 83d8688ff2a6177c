// SPDX-License-Identifier: GPL-2.0-only
/*
 * The names of CPU features, what this machine can give a guest of them, and two texts about that:
 * the list of models (--cpu list), and a <cpu> with all features (--part baseline), as virsh's
 * cpu-models, domcapabilities and cpu-baseline print them.
 *
 * Source of the names: libvirt's cpu_map/x86_features.xml (libvirt 9.0; tests/setup/guest compares
 * them with the installed one). Not listed: features in MSRs, and in leaves without models; and
 * those of later versions, as a libvirt refuses a <cpu> with a name that it does not know.
 */
#include <string.h>

#include "setup/guest/cpu_model.h"
#include "setup/guest/guest.h"

/* By register as in cpu_model_registers[], the names of bits 0 to 31 with commas between. */
/* clang-format off */
static const char *const names[CPU_MODEL_REGISTERS] = {
	/* ecx */
	"pni,pclmuldq,dtes64,monitor,ds_cpl,vmx,smx,est,tm2,ssse3,cid,,fma,cx16,xtpr,pdcm,,"
	"pcid,dca,sse4.1,sse4.2,x2apic,movbe,popcnt,tsc-deadline,aes,xsave,osxsave,avx,"
	"f16c,rdrand,hypervisor",
	/* edx */
	"fpu,vme,de,pse,tsc,msr,pae,mce,cx8,apic,,sep,mtrr,pge,mca,cmov,pat,pse36,pn,"
	"clflush,,ds,acpi,mmx,fxsr,sse,sse2,ss,ht,tm,ia64,pbe",
	/* eax */
	",,arat",
	/* ebx */
	"fsgsbase,tsc_adjust,sgx,bmi1,hle,avx2,,smep,bmi2,erms,invpcid,rtm,cmt,,mpx,,"
	"avx512f,avx512dq,rdseed,adx,smap,avx512ifma,pcommit,clflushopt,clwb,intel-pt,"
	"avx512pf,avx512er,avx512cd,sha-ni,avx512bw,avx512vl",
	/* ecx */
	",avx512vbmi,umip,pku,ospke,waitpkg,avx512vbmi2,,gfni,vaes,vpclmulqdq,avx512vnni,"
	"avx512bitalg,,avx512-vpopcntdq,,la57,,,,,,rdpid,,bus-lock-detect,cldemote,,"
	"movdiri,movdir64b,,sgxlc,pks",
	/* edx */
	",,avx512-4vnniw,avx512-4fmaps,fsrm,,,,avx512-vp2intersect,,md-clear,,,,serialize,,"
	"tsx-ldtrk,,pconfig,arch-lbr,,,amx-bf16,avx512-fp16,amx-tile,amx-int8,spec-ctrl,"
	"stibp,,arch-capabilities,core-capability,ssbd",
	/* eax */
	",,,,avx-vnni,avx512-bf16",
	/* eax */
	"xsaveopt,xsavec,xgetbv1,xsaves,xfd",
	/* ecx */
	"lahf_lm,cmp_legacy,svm,extapic,cr8legacy,abm,sse4a,misalignsse,3dnowprefetch,osvw,"
	"ibs,xop,skinit,wdt,,lwp,fma4,tce,cvt16,nodeid_msr,,tbm,topoext,perfctr_core,"
	"perfctr_nb",
	/* edx */
	",,,,,,,,,,,syscall,,,,,,,,,nx,,mmxext,,,fxsr_opt,pdpe1gb,rdtscp,,lm,3dnowext,"
	"3dnow",
	/* ebx */
	"clzero,,xsaveerptr,,,,,,,wbnoinvd,,,ibpb,,ibrs,amd-stibp,,,,,,,,,amd-ssbd,"
	"virt-ssbd,amd-no-ssb",
	/* edx */
	"npt,lbrv,svm-lock,nrip-save,tsc-scale,vmcb-clean,flushbyasid,decodeassists,,,"
	"pause-filter,,pfthreshold,avic,,v-vmsave-vmload,vgif,,,,,,,,,,,,svme-addr-chk",
};
/* clang-format on */

enum {
	LEAF1_ECX,
	LEAF1_EDX,
	EXT1_ECX = 8,
	EXTA_EDX = 11,
};

#define BIT_VMX	   (1u << 5)  /* 1:ECX */
#define BIT_X2APIC (1u << 21) /* 1:ECX: KVM emulates it */
#define BIT_TSC_DEADLINE \
	(1u << 24)	       /* 1:ECX: KVM_CAP_TSC_DEADLINE_TIMER says it, up to Linux 6.13 */
#define BIT_OSXSAVE (1u << 27) /* 1:ECX, like OSPKE: CR4 as it is now, and no feature */
#define BIT_OSPKE   (1u << 4)  /* 7:ECX */
#define BITS_TSX    (1u << 4 | 1u << 11) /* 7:EBX: hle, rtm */
#define BIT_SVM	    (1u << 2)		 /* 0x80000001:ECX */

/* The name of a bit, and its length; 0: it has none. */
static size_t name_of(size_t reg, unsigned int bit, const char **name)
{
	const char *s = names[reg];

	for (; bit && s; bit--) {
		s = strchr(s, ',');
		s = s ? s + 1 : NULL;
	}
	*name = s;
	return s ? strcspn(s, ",") : 0;
}

static void add_name(struct text *out, size_t reg, unsigned int bit)
{
	const char *name;
	size_t n = name_of(reg, bit, &name);

	text_value_n(out, name, n);
}

static bool kvm_gives(const struct report *r, size_t reg, uint32_t *bits)
{
	const struct cpu_model_register *at = &cpu_model_registers[reg];
	const struct kvm_facts *k = &r->facts.kvm;

	for (size_t i = 0; i < k->n_cpuid; i++)
		if (k->cpuid[i].leaf == at->leaf && k->cpuid[i].subleaf == at->subleaf) {
			*bits = cpu_model_register_of(&k->cpuid[i], at->reg);
			return true;
		}
	return false;
}

/*
 * Not in KVM's CPUID though guests can have them: those that KVM reports elsewhere, the basic ones
 * that QEMU adds, and what comes with nesting, which may not be on yet.
 */
static uint32_t not_by_kvm(size_t reg)
{
	switch (reg) {
	case LEAF1_ECX:
		return BIT_VMX | BIT_X2APIC | BIT_TSC_DEADLINE;
	case EXT1_ECX:
		return BIT_SVM;
	case LEAF1_EDX:
	case 2: /* 6:EAX */
	case EXTA_EDX:
		return UINT32_MAX;
	default:
		return 0;
	}
}

void cpu_can_give(const struct report *r, uint32_t bits[CPU_MODEL_REGISTERS])
{
	for (size_t i = 0; i < CPU_MODEL_REGISTERS; i++) {
		uint32_t kvm;

		bits[i] = cpu_machine_bits(&r->facts, i);
		if (kvm_gives(r, i, &kvm))
			bits[i] &= kvm | not_by_kvm(i);
	}
}

/* The first names of what a model has and the machine cannot give. */
static void lacks(const struct cpu_model *m, const uint32_t bits[CPU_MODEL_REGISTERS],
		  struct text *out)
{
	unsigned int n = 0;

	for (size_t i = 0; i < CPU_MODEL_REGISTERS; i++)
		for (unsigned int bit = 0; bit < 32; bit++)
			if (m->features[i] & ~bits[i] & 1u << bit && n++ < 3) {
				if (n > 1)
					text_add(out, ", ");
				add_name(out, i, bit);
			}
	if (n > 3)
		text_addf(out, " and %u more", n - 3);
}

static bool gives(const struct cpu_model *m, const uint32_t bits[CPU_MODEL_REGISTERS])
{
	for (size_t i = 0; i < CPU_MODEL_REGISTERS; i++)
		if (m->features[i] & ~bits[i])
			return false;
	return true;
}

const struct cpu_model *cpu_model_of(const struct report *r)
{
	uint32_t bits[CPU_MODEL_REGISTERS];

	cpu_can_give(r, bits);
	for (const struct cpu_model *m = cpu_models; m->name; m++)
		if (m->vendor == r->cpu.vendor && gives(m, bits))
			return m;
	return NULL;
}

bool guest_cpu_list(const struct report *r, struct text *out)
{
	const char *feature = setup_feature(r);
	uint32_t bits[CPU_MODEL_REGISTERS];
	const struct cpu_model *best = cpu_model_of(r);
	size_t n = 0;

	cpu_can_give(r, bits);
	for (const struct cpu_model *m = cpu_models; feature && m->name; m++) {
		bool there = gives(m, bits), intel = *feature == 'v', has;
		struct text missing = { 0 };

		if (m->vendor != r->cpu.vendor)
			continue;
		if (!n++)
			text_addf(out, "%-27s%-6s%-8s%s\n", "model", "here", feature,
				  "what this machine lacks");
		has = intel ? m->features[LEAF1_ECX] & BIT_VMX : m->features[EXT1_ECX] & BIT_SVM;
		if (!there)
			lacks(m, bits, &missing);
		text_addf(out, "%-27s%-6s%s%s", m->name, there ? "yes" : "no",
			  has ? "in it" : "add",
			  there ? "" :
			  has	? "   " :
				  "     ");
		text_append(out, &missing);
		text_add(out, "\n");
		text_free(&missing);
	}
	if (!n) {
		text_add(out, "no CPU model of libvirt is known for this CPU's vendor; use --cpu "
			      "host-passthrough");
		return false;
	}
	text_add(out, "\n");
	if (best)
		text_addf(out, "--cpu custom takes %s.\n", best->name);
	else
		text_add(out, "--cpu custom finds none: use --cpu host-passthrough.\n");
	text_addf(out,
		  "add: %s is not in the model; setup guest adds it.\n"
		  "The models are libvirt's and QEMU's, the richest first. Newer ones than these:\n"
		  "virsh domcapabilities\n",
		  feature);
	return true;
}

bool guest_without_tsx(const struct guest *g)
{
	return g->windows && g->feature && !strcmp(g->feature, "vmx");
}

/*
 * What KVM is known to give is required, as by cpu-baseline. What it may not give, as its CPUID was
 * not recorded, is optional: the guest would not start.
 */
void guest_cpu_baseline(const struct guest *g, struct text *out)
{
	const struct cpu_model *m = cpu_model_of(g->r);
	const char *vendor = m->vendor == VENDOR_INTEL ? "Intel" :
			     m->vendor == VENDOR_AMD   ? "AMD" :
							 "Hygon";

	text_addf(out,
		  "<cpu mode='custom' match='exact' check='partial'>\n"
		  "  <model fallback='forbid'>%s</model>\n"
		  "  <vendor>%s</vendor>\n",
		  m->name, vendor);
	if (g->feature)
		text_addf(out, "  <feature policy='require' name='%s'/>\n", g->feature);
	if (guest_without_tsx(g))
		text_add(out, "  <feature policy='disable' name='hle'/>\n"
			      "  <feature policy='disable' name='rtm'/>\n");
	for (size_t i = 0; i < CPU_MODEL_REGISTERS; i++) {
		uint32_t more = cpu_machine_bits(&g->r->facts, i) & ~m->features[i], kvm = 0;
		bool known = !g->tcg && kvm_gives(g->r, i, &kvm);

		if (known)
			more &= kvm | (i == LEAF1_ECX ? BIT_X2APIC | BIT_TSC_DEADLINE : 0);
		if (i == LEAF1_ECX)
			more &= ~(BIT_VMX | BIT_OSXSAVE);
		else if (i == 3 && guest_without_tsx(g)) /* 7:EBX */
			more &= ~BITS_TSX;
		else if (i == 4) /* 7:ECX */
			more &= ~BIT_OSPKE;
		else if (i == EXT1_ECX)
			more &= ~BIT_SVM;
		else if (i == EXTA_EDX && !g->feature)
			more = 0;
		for (unsigned int bit = 0; bit < 32; bit++) {
			const char *name;

			if (!(more & 1u << bit) || !name_of(i, bit, &name))
				continue;
			text_addf(out, "  <feature policy='%s' name='",
				  known ? "require" : "optional");
			add_name(out, i, bit);
			text_add(out, "'/>\n");
		}
	}
	text_add(out, "</cpu>\n");
}
