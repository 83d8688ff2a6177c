// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parameters: from the command line, fw_cfg and nestcheck.cfg, into the file that nestcheck
 * reads.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "init.h"
#include "lib/error_text.h"
#include "lib/procfs.h"

#define FW_CFG_KEYS FW_CFG_PATH "/by_name/opt/nestcheck"

/* Takes every entry as a key, so that an unknown one is reported. */
static void read_fw_cfg(struct params *p)
{
	DIR *dir = opendir(FW_CFG_KEYS);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		char path[sizeof(FW_CFG_KEYS) + 300], value[PARAMS_TEXT_MAX + 2];
		ssize_t len;

		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s/raw", FW_CFG_KEYS, e->d_name);
		len = read_file(path, value, sizeof(value));
		if (len < 0) {
			params_problem(p, "fw_cfg opt/nestcheck/%s: %s", e->d_name,
				       error_text((int)-len));
			continue;
		}
		/* A value from a file (-fw_cfg file=) ends in a newline. */
		value[strcspn(value, "\r\n")] = '\0';
		params_set(p, PARAM_FW_CFG, e->d_name, value);
	}
	if (dir)
		closedir(dir);
}

void read_parameters(struct init *in)
{
	static char cmdline[4096];
	int ret;

	in->params.tests = !access(PARAMS_TESTS_FILE, F_OK);
	if (read_file("/proc/cmdline", cmdline, sizeof(cmdline)) >= 0)
		params_parse_cmdline(&in->params, cmdline);
	if (in->fw_cfg)
		read_fw_cfg(&in->params);
	read_medium(in);
	params_choose_lines(&in->params, in->fw_cfg);
	ret = params_save(&in->params, PARAMS_PATH);
	if (ret)
		say(in, PARAMS_PATH ": %s; all parameters are lost", error_text(-ret));
}
