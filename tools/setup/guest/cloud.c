// SPDX-License-Identifier: GPL-2.0-only
/*
 * L1 as an instance in Google's, Amazon's and Microsoft's clouds. None can be tried here, so each
 * text is preceded by its source. The CPU of this machine does not matter to them.
 */
#include "setup/guest/guest.h"

/*
 * Sizes with 4 GB for each vCPU that nest: cloud.google.com/compute/docs/general-purpose-machines
 * (N2 standard), EC2's instance types (m8i), Azure's "Dsv5 size series".
 */
static const struct cloud_size {
	unsigned int cpus;
	const char *gcp, *aws, *azure;
} sizes[] = {
	{ 2, "n2-standard-2", "m8i.large", "Standard_D2s_v5" },
	{ 4, "n2-standard-4", "m8i.xlarge", "Standard_D4s_v5" },
	{ 8, "n2-standard-8", "m8i.2xlarge", "Standard_D8s_v5" },
	{ 16, "n2-standard-16", "m8i.4xlarge", "Standard_D16s_v5" },
	{ 32, "n2-standard-32", "m8i.8xlarge", "Standard_D32s_v5" },
	{ 64, "n2-standard-64", "m8i.16xlarge", "Standard_D64s_v5" },
	{ 96, "n2-standard-96", "m8i.24xlarge", "Standard_D96s_v5" },
};
#define SIZES	      (sizeof(sizes) / sizeof(sizes[0]))
#define MB_FOR_A_VCPU 4096U

/* The smallest size with enough vCPUs and memory; NULL if there is none. */
static const struct cloud_size *size_of(const struct guest_options *o)
{
	for (size_t i = 0; i < SIZES; i++)
		if (sizes[i].cpus >= o->cpus && sizes[i].cpus * MB_FOR_A_VCPU >= o->memory_mb)
			return &sizes[i];
	return NULL;
}

bool guest_cloud_fits(const struct guest_options *o, struct text *out)
{
	if (size_of(o))
		return true;
	text_addf(out, "no known instance size has %u vCPUs and %u MiB: at most %u and %u", o->cpus,
		  o->memory_mb, sizes[SIZES - 1].cpus, sizes[SIZES - 1].cpus * MB_FOR_A_VCPU);
	return false;
}

/*
 * cloud.google.com/compute/docs/instances/nested-virtualization/{overview,enabling}: no AMD, no Arm,
 * not E2, not memory-optimized; Linux KVM is the only hypervisor that is supported in L1; the
 * constraint compute.disableNestedVirtualization. gcloud compute instances create, set-min-cpu-
 * platform: cloud.google.com/sdk/gcloud/reference.
 */
void guest_gcp(const struct guest *g, const char *part, struct text *out)
{
	const struct guest_options *o = g->o;

	(void)part;
	guest_heading(g, "# ", "", out);
	text_addf(out,
		  "# Only Intel machine types nest, from Haswell on: N1 (with\n"
		  "# --min-cpu-platform=\"Intel Haswell\"), N2, C2, C3; no AMD, no Arm, not E2,\n"
		  "# not memory-optimized ones.\n"
		  "gcloud compute instances create %s \\\n"
		  "\t--zone=europe-west1-b --machine-type=%s \\\n"
		  "\t--enable-nested-virtualization \\\n"
		  "\t--image-family=debian-12 --image-project=debian-cloud \\\n"
		  "\t--boot-disk-size=%uGB\n"
		  "# For an existing instance: stop it, and set advancedMachineFeatures:\n"
		  "#   enableNestedVirtualization: true in the file between these two:\n"
		  "# gcloud compute instances export %s --zone=ZONE --destination=FILE\n"
		  "# gcloud compute instances update-from-file %s --zone=ZONE \\\n"
		  "#   --source=FILE --most-disruptive-allowed-action=RESTART\n",
		  o->name, size_of(o)->gcp, o->disk_gb, o->name, o->name);
}

/*
 * EC2 API Reference, CpuOptionsRequest: NestedVirtualization, "only on 8th generation Intel-based
 * instance types (c8i, m8i, r8i, and their flex variants)" (others since:
 * diagnose/rules_guest_vendor.c); AWS CLI Command Reference, run-instances
 * --cpu-options and modify-instance-cpu-options --nested-virtualization: the instance is stopped.
 * EKS: aws/containers-roadmap#2784. The image: Debian's public parameter of AWS Systems Manager.
 */
void guest_aws(const struct guest *g, const char *part, struct text *out)
{
	const struct guest_options *o = g->o;

	(void)part;
	guest_heading(g, "# ", "", out);
	text_addf(out,
		  "# c8i, m8i, r8i, their flex variants and later types nest with this option,\n"
		  "# every .metal type without it. EKS's managed node groups drop it. The list:\n"
		  "# aws ec2 describe-instance-types --filters \\\n"
		  "#   Name=processor-info.supported-features,Values=nested-virtualization\n"
		  "aws ec2 run-instances --instance-type %s \\\n"
		  "\t--cpu-options NestedVirtualization=enabled \\\n"
		  "\t--image-id resolve:ssm:/aws/service/debian/release/12/latest/amd64 \\\n"
		  "\t--block-device-mappings 'DeviceName=/dev/xvda,Ebs={VolumeSize=%u}' \\\n"
		  "\t--tag-specifications \\\n"
		  "\t'ResourceType=instance,Tags=[{Key=Name,Value=%s}]'\n"
		  "# For an existing instance of one of those types:\n"
		  "# aws ec2 stop-instances --instance-ids ID\n"
		  "# aws ec2 modify-instance-cpu-options --instance-id ID \\\n"
		  "#   --nested-virtualization enabled\n"
		  "# aws ec2 start-instances --instance-ids ID\n",
		  size_of(o)->aws, o->disk_gb, o->name);
}

/*
 * learn.microsoft.com/virtualization/hyper-v-on-windows/user-guide/enable-nested-virtualization: in
 * Azure the security type has to be Standard; azure-docs#87947. Which sizes: each size's page says
 * "Nested Virtualization: Supported". Azure CLI, az vm create, deallocate, resize.
 */
void guest_azure(const struct guest *g, const char *part, struct text *out)
{
	const struct guest_options *o = g->o;

	(void)part;
	guest_heading(g, "# ", "", out);
	text_addf(out,
		  "# Sizes that nest say so on their page: Dv3, Ev3 and most later D, E and F\n"
		  "# ones; not the Arm ones, B or DC. Trusted launch, which is the default, hides\n"
		  "# it on many.\n"
		  "az vm create --resource-group GROUP --name %s \\\n"
		  "\t--size %s --security-type Standard \\\n"
		  "\t--image Ubuntu2204 --os-disk-size-gb %u --generate-ssh-keys\n"
		  "# If Standard is refused, run once: az feature register \\\n"
		  "#   --namespace Microsoft.Compute --name UseStandardSecurityType\n"
		  "# For an existing VM with the security type Standard:\n"
		  "# az vm deallocate --resource-group GROUP --name %s\n"
		  "# az vm resize --resource-group GROUP --name %s \\\n"
		  "#   --size %s\n"
		  "# az vm start --resource-group GROUP --name %s\n",
		  o->name, size_of(o)->azure, o->disk_gb, o->name, o->name, size_of(o)->azure,
		  o->name);
}
