// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID 1: the order of the steps. Each step has its own file, see init.h.
 */
#include <sys/utsname.h>

#include "init.h"
#include "lib/manifest.h"
#include "lib/output.h"
#include "lib/version.h"

static void hello(struct init *in)
{
	struct utsname u;

	if (uname(&u))
		return;
	consoles_printf(&in->cs, "nestcheck " NESTCHECK_VERSION " on %s %s\n", u.sysname,
			u.release);
	consoles_flush(&in->cs, 100);
}

/* Before nestcheck runs, which may be one of them. */
static void name_modified(struct init *in)
{
	struct text t = { .s = NULL };

	manifest_modified(&in->arena, false, NULL, &in->modified);
	for (size_t i = 0; i < in->modified.n; i++)
		text_addf(&t, "%s%s", i ? ", " : "", in->modified.s[i]);
	if (t.len)
		say(in, "this image does not run as it was built: %s", t.s);
	text_free(&t);
}

static enum param_after what_next(const struct init *in)
{
	if (in->params.after != AFTER_AUTO)
		return in->params.after;
	return in->fw_cfg ? AFTER_POWEROFF : AFTER_STAY;
}

int main(void)
{
	static struct init in;

	params_init(&in.params);
	setup_mounts(&in.params);
	setup_stdio();
	children_init();
	in.fw_cfg = setup_has_fw_cfg();
	setup_kernel(in.fw_cfg);
	setup_consoles(&in);
	hello(&in);
	name_modified(&in);
	read_parameters(&in);

	if (in.params.mode == MODE_AUTO) {
		enum param_after next = what_next(&in);

		watchdog_run(&in);
		if (next != AFTER_STAY && next != AFTER_SHELL)
			power_action(&in, next);
		/* Under QEMU a script may be waiting for the machine to end. */
		if (in.fw_cfg && next == AFTER_FIRMWARE)
			power_action(&in, AFTER_POWEROFF);
		menu(&in, next == AFTER_SHELL);
	}
	menu(&in, in.params.mode == MODE_SHELL);
}
