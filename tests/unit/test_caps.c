// SPDX-License-Identifier: GPL-2.0-only
/*
 * Capabilities against the table in (design.md, "Capabilities"), bit by bit: set, clear, not recorded,
 * refused; and registers that must not be decoded.
 */
#include "machine.h"

#include "diagnose/diagnose.h"

enum where {
	CPUID_1_ECX,
	CPUID_EXT_ECX,
	CPUID_EXT_EDX,
	SVM_EDX,
	PIN,
	PROC2,
	MISC,
	EPT
};

static const struct {
	const char *name;
	struct {
		enum where where;
		unsigned int bit; /* of the register itself: "x may" is 32 + x */
	} bits[3];
	int n;
} table[] = {
	{ "vmx", { { CPUID_1_ECX, 5 } }, 1 },
	{ "ept", { { PROC2, 33 } }, 1 },
	{ "vpid", { { PROC2, 37 } }, 1 },
	{ "unrestricted_guest", { { PROC2, 39 } }, 1 },
	{ "x2apic_virt", { { PROC2, 36 } }, 1 },
	{ "vmfunc", { { PROC2, 45 } }, 1 },
	{ "pml", { { PROC2, 49 } }, 1 },
	{ "mbec", { { PROC2, 54 } }, 1 },
	{ "tsc_scaling", { { PROC2, 57 } }, 1 },
	{ "shadow_vmcs", { { PROC2, 46 }, { MISC, 29 } }, 2 },
	{ "ept_ad", { { PROC2, 33 }, { EPT, 21 } }, 2 },
	{ "ept_2m", { { PROC2, 33 }, { EPT, 16 } }, 2 },
	{ "ept_1g", { { PROC2, 33 }, { EPT, 17 } }, 2 },
	{ "ept_5level", { { PROC2, 33 }, { EPT, 7 } }, 2 },
	{ "preemption_timer", { { PIN, 38 } }, 1 },
	{ "virtual_nmis", { { PIN, 37 } }, 1 },
	{ "posted_interrupts", { { PIN, 39 } }, 1 },
	{ "apicv", { { PROC2, 40 }, { PROC2, 41 }, { PIN, 39 } }, 3 },
	{ "svm", { { CPUID_EXT_ECX, 2 } }, 1 },
	{ "npt", { { SVM_EDX, 0 } }, 1 },
	{ "lbrv", { { SVM_EDX, 1 } }, 1 },
	{ "nrips", { { SVM_EDX, 3 } }, 1 },
	{ "tsc_rate", { { SVM_EDX, 4 } }, 1 },
	{ "vmcb_clean", { { SVM_EDX, 5 } }, 1 },
	{ "flush_by_asid", { { SVM_EDX, 6 } }, 1 },
	{ "decode_assists", { { SVM_EDX, 7 } }, 1 },
	{ "pause_filter", { { SVM_EDX, 10 } }, 1 },
	{ "avic", { { SVM_EDX, 13 } }, 1 },
	{ "vls", { { SVM_EDX, 15 } }, 1 },
	{ "vgif", { { SVM_EDX, 16 } }, 1 },
	{ "x2avic", { { SVM_EDX, 18 } }, 1 },
	{ "vnmi", { { SVM_EDX, 25 } }, 1 },
	{ "nx", { { CPUID_EXT_EDX, 20 } }, 1 },
};

#define N_TABLE (sizeof(table) / sizeof(table[0]))

/* enabled_by_firmware has separate tests. */
_Static_assert(N_TABLE == CAP_COUNT - 1, "the table has a row for each capability");

static const uint32_t
	msr_index[] = { [PIN] = 0x481, [PROC2] = 0x48b, [MISC] = 0x485, [EPT] = 0x48c };

static enum cap cap_by_name(const char *name)
{
	for (int i = 0; i < CAP_COUNT; i++)
		if (!strcmp(cap_name((enum cap)i), name))
			return (enum cap)i;
	fail_msg("no capability is called %s", name);
	return CAP_COUNT;
}

/* A CPU with all leaves and registers, and all bits clear. */
static void bare(struct report *r, size_t row)
{
	bool svm = table[row].bits[0].where == SVM_EDX || table[row].bits[0].where == CPUID_EXT_ECX;

	report_init(r);
	add_cpu(r);
	set_vendor(r, 0, svm ? "AuthenticAMD" : "GenuineIntel");
	set_cpuid(r, 0, 1, 0, 0, table[row].bits[0].where >= PIN ? 1 << 5 : 0, 0);
	set_cpuid(r, 0, 0x80000000, 0x8000001f, 0, 0, 0);
	set_cpuid(r, 0, 0x80000001, 0, 0, table[row].bits[0].where == SVM_EDX ? 1 << 2 : 0, 0);
	set_cpuid(r, 0, 0x8000000a, 0, 0, 0, 0);
	for (int i = PIN; i <= EPT; i++)
		set_msr(r, 0, msr_index[i], 0);
	set_msr(r, 0, 0x482, 1ull << 63);
}

static void set_bit(struct report *r, enum where where, unsigned int bit)
{
	switch (where) {
	case CPUID_1_ECX:
		leaf_of(r, 0, 1)->ecx |= 1u << bit;
		break;
	case CPUID_EXT_ECX:
		leaf_of(r, 0, 0x80000001)->ecx |= 1u << bit;
		break;
	case CPUID_EXT_EDX:
		leaf_of(r, 0, 0x80000001)->edx |= 1u << bit;
		break;
	case SVM_EDX:
		leaf_of(r, 0, 0x8000000a)->edx |= 1u << bit;
		break;
	default:
		msr_of(r, 0, msr_index[where])->value |= 1ull << bit;
	}
}

/* With or without the register; extended leaves are past the range's maximum unless unknown. */
static void forget(struct report *r, enum where where)
{
	switch (where) {
	case CPUID_1_ECX:
		drop_cpuid(r, 0, 1);
		break;
	case CPUID_EXT_ECX:
	case CPUID_EXT_EDX:
		drop_cpuid(r, 0, 0x80000001);
		break;
	case SVM_EDX:
		drop_cpuid(r, 0, 0x8000000a);
		break;
	default:
		drop_msr(r, 0, msr_index[where]);
	}
}

static enum tri decoded(struct report *r, size_t row)
{
	decode_caps(r);
	return r->caps[cap_by_name(table[row].name)];
}

static void set_all(struct report *r, size_t row)
{
	bare(r, row);
	for (int i = 0; i < table[row].n; i++)
		set_bit(r, table[row].bits[i].where, table[row].bits[i].bit);
}

static void every_bit_counts(void **state)
{
	struct report r;

	(void)state;
	for (size_t row = 0; row < N_TABLE; row++) {
		set_all(&r, row);
		assert_int_equal(decoded(&r, row), TRI_YES);
		report_free(&r);
		for (int without = 0; without < table[row].n; without++) {
			bare(&r, row);
			for (int i = 0; i < table[row].n; i++)
				if (i != without)
					set_bit(&r, table[row].bits[i].where,
						table[row].bits[i].bit);
			if (decoded(&r, row) != TRI_NO)
				fail_msg("%s without bit %d of its list", table[row].name, without);
			report_free(&r);
		}
	}
}

static void no_other_bit_counts(void **state)
{
	struct report r;

	(void)state;
	for (size_t row = 0; row < N_TABLE; row++) {
		enum where where = table[row].bits[0].where;

		for (unsigned int bit = 0; bit < (where >= PIN ? 64 : 32); bit++) {
			bool listed = false;

			for (int i = 0; i < table[row].n; i++)
				listed |= table[row].bits[i].where == where &&
					  table[row].bits[i].bit == bit;
			if (listed)
				continue;
			bare(&r, row);
			set_bit(&r, where, bit);
			if (decoded(&r, row) == TRI_YES)
				fail_msg("%s by bit %u", table[row].name, bit);
			report_free(&r);
		}
	}
}

/* A K5's dump has no extended leaves; a newer CPU's that lacks them is incomplete. */
static void before_svm(void **state)
{
	static const struct {
		const char *vendor;
		uint32_t signature;
		enum tri svm;
	} rows[] = {
		{ "AuthenticAMD", 0x500, TRI_NO },
		{ "AuthenticAMD", 0x570, TRI_NO },
		{ "AuthenticAMD", 0x662, TRI_NO },
		{ "AuthenticAMD", 0x40f32, TRI_UNKNOWN },
		{ "AuthenticAMD", 0x800f11, TRI_UNKNOWN },
		{ "HygonGenuine", 0x900f01, TRI_UNKNOWN },
		{ "GenuineIntel", 0x543, TRI_UNKNOWN },
	};
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		report_init(&r);
		add_cpu(&r);
		set_vendor(&r, 0, rows[i].vendor);
		set_cpuid(&r, 0, 1, rows[i].signature, 0, 0, 0x3bf);
		decode_caps(&r);
		assert_int_equal(r.caps[CAP_SVM], rows[i].svm);
		assert_int_equal(r.caps[CAP_NX], rows[i].svm);
		/* What was recorded goes first. */
		set_cpuid(&r, 0, 0x80000000, 0x80000001, 0, 0, 0);
		set_cpuid(&r, 0, 0x80000001, 0, 0, 4, 0);
		decode_caps(&r);
		assert_int_equal(r.caps[CAP_SVM], TRI_YES);
		report_free(&r);
	}
}

static void not_recorded_is_unknown(void **state)
{
	struct report r;

	(void)state;
	for (size_t row = 0; row < N_TABLE; row++) {
		for (int i = 0; i < table[row].n; i++) {
			set_all(&r, row);
			forget(&r, table[row].bits[i].where);
			if (decoded(&r, row) != TRI_UNKNOWN)
				fail_msg("%s without its register", table[row].name);
			report_free(&r);
			if (table[row].bits[i].where < PIN)
				continue;
			set_all(&r, row);
			refuse_msr(&r, 0, msr_index[table[row].bits[i].where]);
			if (decoded(&r, row) != TRI_UNKNOWN)
				fail_msg("%s with its register refused", table[row].name);
			report_free(&r);
		}
	}
}

static void no_secondary_controls(void **state)
{
	struct report r;

	(void)state;
	for (size_t row = 0; row < N_TABLE; row++) {
		if (table[row].bits[0].where != PROC2)
			continue;
		set_all(&r, row);
		set_msr(&r, 0, 0x482, ~(1ull << 63));
		assert_int_equal(decoded(&r, row), TRI_NO);
		report_free(&r);
	}
	/* Such a CPU refuses 0x48b: this does not mean unknown. */
	set_all(&r, 1);
	set_msr(&r, 0, 0x482, 0);
	refuse_msr(&r, 0, 0x48b);
	assert_int_equal(decoded(&r, 1), TRI_NO);
	report_free(&r);
}

/* Without EPT, its capability register does not matter. */
static void ept_settles_its_details(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_msr(&r, 0, 0x48b, 0x00007cfd00000000);
	drop_msr(&r, 0, 0x48c);
	decode_caps(&r);
	assert_int_equal(r.caps[CAP_EPT], TRI_NO);
	assert_int_equal(r.caps[CAP_EPT_AD], TRI_NO);
	assert_int_equal(r.caps[CAP_EPT_1G], TRI_NO);
	report_free(&r);
}

static void vmx_registers_of_others_are_not_decoded(void **state)
{
	static const char *const others[] = { "AuthenticAMD", "HygonGenuine" };
	static const char *const own[] = { "GenuineIntel", "CentaurHauls", "  Shanghai  " };
	struct report r;

	(void)state;
	for (int i = 0; i < 2; i++) {
		haswell(&r, 1);
		set_vendor(&r, 0, others[i]);
		decode_caps(&r);
		assert_int_equal(r.caps[CAP_EPT], TRI_NO);
		assert_int_equal(r.caps[CAP_PREEMPTION_TIMER], TRI_NO);
		assert_int_equal(r.caps[CAP_ENABLED_BY_FIRMWARE], TRI_UNKNOWN);
		report_free(&r);
	}
	for (int i = 0; i < 3; i++) {
		haswell(&r, 1);
		set_vendor(&r, 0, own[i]);
		decode_caps(&r);
		assert_int_equal(r.caps[CAP_EPT], TRI_YES);
		assert_int_equal(r.caps[CAP_ENABLED_BY_FIRMWARE], TRI_YES);
		report_free(&r);
	}
	/* The vendor is not known; recorded values count the same (design.md, "Capabilities"). */
	haswell(&r, 1);
	set_vendor(&r, 0, "GenuineIotel");
	decode_caps(&r);
	assert_int_equal(r.caps[CAP_EPT], TRI_YES);
	assert_int_equal(r.caps[CAP_ENABLED_BY_FIRMWARE], TRI_UNKNOWN);
	drop_cpuid(&r, 0, 0);
	decode_caps(&r);
	assert_int_equal(r.caps[CAP_VMX], TRI_YES);
	assert_int_equal(r.caps[CAP_EPT], TRI_YES);
	assert_int_equal(r.caps[CAP_ENABLED_BY_FIRMWARE], TRI_UNKNOWN);
	report_free(&r);
}

/* Some CPUs return the last basic leaf's registers for a missing leaf. */
static void leaves_past_the_end_do_not_count(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	set_cpuid(&r, 0, 0x80000000, 0x80000000, 0, 0, 0);
	set_cpuid(&r, 0, 0x80000001, 0, 0, 4, 1 << 20);
	set_cpuid(&r, 0, 0x8000000a, 0, 0, 0, 0xf);
	decode_caps(&r);
	assert_int_equal(r.caps[CAP_SVM], TRI_NO);
	assert_int_equal(r.caps[CAP_NPT], TRI_NO);
	assert_int_equal(r.caps[CAP_NX], TRI_NO);
	set_cpuid(&r, 0, 0x80000000, 0x8000000a, 0, 0, 0);
	decode_caps(&r);
	assert_int_equal(r.caps[CAP_SVM], TRI_YES);
	assert_int_equal(r.caps[CAP_NPT], TRI_YES);
	assert_int_equal(r.caps[CAP_NX], TRI_YES);
	report_free(&r);
}

/* TCG returns 0 for every VMX register on a CPU without VMX; others may return anything. */
static void without_vmx_its_registers_do_not_exist(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	flip_cpuid(&r, 0, 1, ECX, 5);
	decode_caps(&r);
	assert_int_equal(r.caps[CAP_EPT], TRI_NO);
	assert_int_equal(r.caps[CAP_SHADOW_VMCS], TRI_NO);
	for (uint32_t m = 0x480; m <= 0x493; m++)
		if (msr_of(&r, 0, m))
			drop_msr(&r, 0, m);
	decode_caps(&r);
	assert_int_equal(r.caps[CAP_VMX], TRI_NO);
	assert_int_equal(r.caps[CAP_EPT], TRI_NO);
	assert_int_equal(r.caps[CAP_VIRTUAL_NMIS], TRI_NO);
	report_free(&r);
}

static void without_svm_its_leaf_is_reserved(void **state)
{
	struct report r;

	(void)state;
	zen(&r, 1);
	flip_cpuid(&r, 0, 0x80000001, ECX, 2);
	decode_caps(&r);
	assert_int_equal(r.caps[CAP_SVM], TRI_NO);
	assert_int_equal(r.caps[CAP_NPT], TRI_NO);
	drop_cpuid(&r, 0, 0x8000000a);
	decode_caps(&r);
	assert_int_equal(r.caps[CAP_NPT], TRI_NO);
	report_free(&r);
}

/* By the range's maximum the leaf does not exist. */
static void past_the_maximum_is_absent(void **state)
{
	struct report r;

	(void)state;
	haswell(&r, 1);
	drop_cpuid(&r, 0, 0x80000001);
	decode_caps(&r);
	assert_int_equal(r.caps[CAP_NX], TRI_UNKNOWN);
	assert_int_equal(r.caps[CAP_SVM], TRI_UNKNOWN);
	set_cpuid(&r, 0, 0x80000000, 0x80000001, 0, 0, 0);
	decode_caps(&r);
	assert_int_equal(r.caps[CAP_NX], TRI_UNKNOWN);
	assert_int_equal(r.caps[CAP_NPT], TRI_NO);
	set_cpuid(&r, 0, 0x80000000, 0x80000000, 0, 0, 0);
	decode_caps(&r);
	assert_int_equal(r.caps[CAP_NX], TRI_NO);
	assert_int_equal(r.caps[CAP_SVM], TRI_NO);
	assert_int_equal(r.caps[CAP_NPT], TRI_NO);
	report_free(&r);
}

static void enabled_by_firmware(void **state)
{
	static const struct {
		uint64_t value;
		enum tri enabled;
	} intel[] = {
		{ 0, TRI_UNKNOWN }, { 4, TRI_UNKNOWN }, { 1, TRI_NO },	   { 3, TRI_NO },
		{ 5, TRI_YES },	    { 7, TRI_YES },	{ 0xff07, TRI_YES },
	}, amd[] = {
		{ 0, TRI_YES }, { 8, TRI_YES }, { 0x10, TRI_NO }, { 0x18, TRI_NO }, { 0xf, TRI_YES },
	};
	struct report r;

	(void)state;
	haswell(&r, 1);
	for (size_t i = 0; i < sizeof(intel) / sizeof(intel[0]); i++) {
		set_msr(&r, 0, 0x3a, intel[i].value);
		decode_caps(&r);
		assert_int_equal(r.caps[CAP_ENABLED_BY_FIRMWARE], intel[i].enabled);
	}
	refuse_msr(&r, 0, 0x3a);
	decode_caps(&r);
	assert_int_equal(r.caps[CAP_ENABLED_BY_FIRMWARE], TRI_UNKNOWN);
	report_free(&r);
	zen(&r, 1);
	/* Intel's register on AMD has no meaning. */
	set_msr(&r, 0, 0x3a, 1);
	for (size_t i = 0; i < sizeof(amd) / sizeof(amd[0]); i++) {
		set_msr(&r, 0, 0xc0010114, amd[i].value);
		decode_caps(&r);
		assert_int_equal(r.caps[CAP_ENABLED_BY_FIRMWARE], amd[i].enabled);
	}
	drop_msr(&r, 0, 0xc0010114);
	decode_caps(&r);
	assert_int_equal(r.caps[CAP_ENABLED_BY_FIRMWARE], TRI_UNKNOWN);
	report_free(&r);
}

static void nothing_recorded(void **state)
{
	struct report r;

	(void)state;
	report_init(&r);
	decode_caps(&r);
	decode_offered(&r);
	for (int i = 0; i < CAP_COUNT; i++) {
		assert_int_equal(r.caps[i], TRI_UNKNOWN);
		assert_int_equal(r.kvm.offered[i], TRI_UNKNOWN);
		assert_non_null(cap_name((enum cap)i));
	}
	assert_null(cap_name(CAP_COUNT));
	report_free(&r);
}

/* KVM's lists: TCG's hardware has NPT and VGIF, KVM adds VMCB clean and flush by ASID. */
static void offered_is_kvms(void **state)
{
	struct cpuid_fact leaves[] = {
		{ 0x00000001, 0, 0, 0, 0, 0 },
		{ 0x80000001, 0, 0, 0, 1 << 2, 1 << 20 },
		{ 0x8000000a, 0, 1, 8, 0, 0x10010061 },
	};
	struct report r;

	(void)state;
	zen(&r, 1);
	r.facts.kvm.cpuid = leaves;
	r.facts.kvm.n_cpuid = 3;
	decode_offered(&r);
	assert_int_equal(r.kvm.offered[CAP_SVM], TRI_YES);
	assert_int_equal(r.kvm.offered[CAP_NPT], TRI_YES);
	assert_int_equal(r.kvm.offered[CAP_VMCB_CLEAN], TRI_YES);
	assert_int_equal(r.kvm.offered[CAP_FLUSH_BY_ASID], TRI_YES);
	assert_int_equal(r.kvm.offered[CAP_AVIC], TRI_NO);
	assert_int_equal(r.kvm.offered[CAP_EPT], TRI_NO);
	assert_int_equal(r.kvm.offered[CAP_ENABLED_BY_FIRMWARE], TRI_UNKNOWN);
	r.facts.kvm.nested_cpuid = TRI_NO;
	decode_offered(&r);
	assert_int_equal(r.kvm.offered[CAP_SVM], TRI_NO);
	assert_int_equal(r.kvm.offered[CAP_NPT], TRI_NO);
	report_free(&r);
}

static void offered_from_feature_registers(void **state)
{
	struct cpuid_fact leaf = { 0x00000001, 0, 0, 0, 1 << 5, 0 };
	struct msr_fact msrs[] = {
		{ 0x482, false, 0xfff9fffe0401e172 },
		{ 0x48b, false, 0x0000408600000000 },
		{ 0x485, false, 1 << 29 },
	};
	struct report r;

	(void)state;
	haswell(&r, 1);
	r.facts.kvm.cpuid = &leaf;
	r.facts.kvm.n_cpuid = 1;
	r.facts.kvm.msr = msrs;
	r.facts.kvm.n_msr = 3;
	decode_offered(&r);
	assert_int_equal(r.kvm.offered[CAP_VMX], TRI_YES);
	assert_int_equal(r.kvm.offered[CAP_EPT], TRI_YES);
	assert_int_equal(r.kvm.offered[CAP_SHADOW_VMCS], TRI_YES);
	assert_int_equal(r.kvm.offered[CAP_VPID], TRI_NO);
	assert_int_equal(r.kvm.offered[CAP_PREEMPTION_TIMER], TRI_UNKNOWN);
	report_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_bit_counts),
		cmocka_unit_test(no_other_bit_counts),
		cmocka_unit_test(before_svm),
		cmocka_unit_test(not_recorded_is_unknown),
		cmocka_unit_test(no_secondary_controls),
		cmocka_unit_test(ept_settles_its_details),
		cmocka_unit_test(vmx_registers_of_others_are_not_decoded),
		cmocka_unit_test(leaves_past_the_end_do_not_count),
		cmocka_unit_test(without_vmx_its_registers_do_not_exist),
		cmocka_unit_test(without_svm_its_leaf_is_reserved),
		cmocka_unit_test(past_the_maximum_is_absent),
		cmocka_unit_test(enabled_by_firmware),
		cmocka_unit_test(nothing_recorded),
		cmocka_unit_test(offered_is_kvms),
		cmocka_unit_test(offered_from_feature_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
