// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads KVM with nesting on. Each kind of failure has its own message, with the kernel's messages
 * if there are any.
 */
#include "kvm/kvm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "facts/facts.h"
#include "facts/log.h"
#include "facts/sysfs.h"
#include "kvm/module.h"
#include "lib/manifest.h"
#include "lib/vendor.h"

#define IMAGE_MODULE_DIR "/lib/modules"
#define KVM_DEVICE	 "/dev/kvm"
#define DEVICE_WAIT_MS	 1000
#define MISC_MAJOR	 10 /* Documentation/admin-guide/devices.txt */

/* At most this many of the kernel's lines in one error text. */
#define REASON_LINES 3

/* Messages from boot that explain a refusal: arch/x86/kernel/cpu/feat_ctl.c, kvm/svm/svm.c. */
static const char *const boot_reasons[] = {
	"disabled by BIOS",
	"disabled (by BIOS)",
	"NX (Execute Disable) not supported",
	"NX (Execute Disable) protection: disabled",
};

const char *kvm_default_module_dir(void)
{
	return sys_exists(IMAGE_MODULE_DIR "/kvm.ko") ? IMAGE_MODULE_DIR : NULL;
}

bool kvm_in_image(void)
{
	return sys_exists(MANIFEST_PATH);
}

void kvm_load_in_image(struct report *r)
{
	if (kvm_in_image())
		kvm_load(r, kvm_default_module_dir());
	else
		kvm_read_parameters(r);
}

static const char *or_empty(const char *s)
{
	return s ? s : "nothing";
}

static int fail(struct report *r, int err, const char *text)
{
	r->kvm.error = text;
	return err;
}

/* "; the kernel says: A; B" from the messages since mark, else from those at boot. */
static const char *kernel_messages(struct report *r, int mark)
{
	struct strings lines = { NULL, 0 };
	const char *words = "";

	log_since(&r->arena, mark, &lines);
	for (size_t i = 0; i < lines.n && i < REASON_LINES; i++)
		words = arena_printf(&r->arena, "%s%s%s", words,
				     i ? "; " : "; the kernel says: ", lines.s[i]);
	if (lines.n)
		return words;
	collect_kernel_log(r);
	for (size_t i = 0; i < r->facts.kernel.log.n; i++)
		for (size_t j = 0; j < sizeof(boot_reasons) / sizeof(boot_reasons[0]); j++)
			if (strstr(r->facts.kernel.log.s[i], boot_reasons[j]))
				return arena_printf(&r->arena, "; the kernel said at boot: %s",
						    r->facts.kernel.log.s[i]);
	return words;
}

/* kvm_intel -> DIR/kvm-intel.ko */
static const char *file_of(struct arena *a, const char *dir, const char *module)
{
	char *path = arena_printf(a, "%s/%s.ko", dir, module);

	for (char *s = path + strlen(dir); *s; s++)
		if (*s == '_')
			*s = '-';
	return path;
}

/* ours: our parameters, which follow those of the command line: the last one counts. */
static int insert_file(struct report *r, const char *dir, const char *module, const char *ours,
		       bool optional)
{
	struct arena *a = &r->arena;
	const char *path = file_of(a, dir, module);
	const char *words = kvm_cmdline_parameters(a, sys_read(a, "/proc/cmdline"), module);
	int mark, err;

	if (module_state(a, module) != MODULE_ABSENT)
		return 0;
	if (!sys_exists(path)) {
		if (optional)
			return 0;
		return fail(r, -ENOENT, arena_printf(a, "the module file %s is missing", path));
	}
	mark = log_mark();
	err = module_insert(path, arena_printf(a, "%s%s%s", words, *words ? " " : "", ours));
	if (err)
		return fail(r, err,
			    arena_printf(a, "%s was refused (%s)%s", module, errno_text(a, -err),
					 kernel_messages(r, mark)));
	if (mark >= 0)
		close(mark);
	return 0;
}

/* irqbypass is a separate module if KVM is one; a kernel may have it built in. */
static int insert_files(struct report *r, const char *dir)
{
	int err = insert_file(r, dir, "irqbypass", "", true);

	if (!err)
		err = insert_file(r, dir, "kvm", "", false);
	if (!err)
		err = insert_file(r, dir, r->kvm.module, "nested=1", false);
	return err;
}

static int insert_modprobe(struct report *r)
{
	struct arena *a = &r->arena;
	const char *output;
	int mark = log_mark();
	int err = module_modprobe(a, r->kvm.module, "nested=1", &output);

	switch (err) {
	case 0:
		if (mark >= 0)
			close(mark);
		return 0;
	case -ENOENT:
		if (mark >= 0)
			close(mark);
		return fail(r, err,
			    arena_printf(a, "there is no modprobe command to load %s with",
					 r->kvm.module));
	case -ETIMEDOUT:
		return fail(r, err,
			    arena_printf(a, "modprobe %s timed out%s", r->kvm.module,
					 kernel_messages(r, mark)));
	default:
		return fail(r, err,
			    arena_printf(a, "modprobe %s failed (%s)%s", r->kvm.module,
					 output ? output : "no message", kernel_messages(r, mark)));
	}
}

/* Unloads a module that runs with nesting off, unless it is in use. */
static int unload(struct report *r)
{
	struct arena *a = &r->arena;
	unsigned long users = module_users(a, r->kvm.module);
	int err;

	if (module_state(a, r->kvm.module) == MODULE_BUILT_IN)
		return fail(r, -EBUSY,
			    arena_printf(a,
					 "%s is built into the kernel and runs with nesting off: "
					 "boot with %s.nested=1",
					 r->kvm.module, r->kvm.module));
	err = users ? -EBUSY : module_remove(r->kvm.module);
	if (err == -EBUSY)
		return fail(
			r, err,
			arena_printf(a,
				     "%s runs with nesting off and is in use (by %lu): stop all "
				     "virtual machines, then load again",
				     r->kvm.module, users));
	if (err)
		return fail(r, err,
			    arena_printf(a,
					 "%s runs with nesting off and could not be unloaded (%s)",
					 r->kvm.module, errno_text(a, -err)));
	return 0;
}

/* /proc/misc has the minor number; for an image without devtmpfs. */
static void make_device(void)
{
	unsigned int minor_number;
	char name[64];
	FILE *f = fopen("/proc/misc", "re");

	if (!f)
		return;
	while (fscanf(f, "%u %63s", &minor_number, name) == 2)
		if (!strcmp(name, "kvm"))
			mknod(KVM_DEVICE, S_IFCHR | 0600, makedev(MISC_MAJOR, minor_number));
	fclose(f);
}

static int check_device(struct report *r, const char *module_dir)
{
	static const struct timespec step = { .tv_nsec = 10000000 };
	struct arena *a = &r->arena;
	int fd;

	for (int ms = 0; ms < DEVICE_WAIT_MS && !sys_exists(KVM_DEVICE); ms += 10)
		nanosleep(&step, NULL);
	if (module_dir && !sys_exists(KVM_DEVICE))
		make_device();
	fd = open(KVM_DEVICE, O_RDWR | O_CLOEXEC);
	if (fd >= 0) {
		close(fd);
		return 0;
	}
	if (errno == ENOENT)
		return fail(r, -ENODEV,
			    arena_printf(a, "%s is loaded, but there is no " KVM_DEVICE,
					 r->kvm.module));
	return fail(r, -errno,
		    arena_printf(a, KVM_DEVICE " cannot be opened (%s)", errno_text(a, errno)));
}

int kvm_load(struct report *r, const char *module_dir)
{
	struct arena *a = &r->arena;
	int err;

	if (r->cpu.vendor == VENDOR_UNKNOWN)
		identify_cpu(r);
	r->kvm.error = NULL;
	r->kvm.module = vendor_module(r->cpu.vendor);
	if (!r->kvm.module)
		return fail(r, -EOPNOTSUPP, "KVM has no module for a CPU of this vendor");
	kvm_read_parameters(r);
	if (module_state(a, r->kvm.module) == MODULE_ABSENT || kvm_nested_on(r) == TRI_NO) {
		err = module_state(a, r->kvm.module) == MODULE_ABSENT ? 0 : unload(r);
		if (!err)
			err = module_dir ? insert_files(r, module_dir) : insert_modprobe(r);
		if (err)
			return err;
		kvm_read_parameters(r);
	}
	err = check_device(r, module_dir);
	if (err)
		return err;
	/* Without /sys nothing can be read back, which is no fault of the machine. */
	if (kvm_nested_on(r) == TRI_UNKNOWN && !sys_exists("/sys/module"))
		return -ENODATA;
	if (kvm_nested_on(r) != TRI_YES)
		return fail(r, -EOPNOTSUPP,
			    arena_printf(a, "%s was loaded with nested=1, but reports nested=%s",
					 r->kvm.module,
					 or_empty(kv_get(&r->kvm.parameters, "nested"))));
	return 0;
}
