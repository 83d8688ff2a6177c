/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The firmware setup of the usual makers: which key enters it, which menu has the virtualization
 * option, and what the option is called. Pure; selected by DMI.
 *
 * Menus change from model to model, so the texts say "usually".
 */
#ifndef NESTCHECK_DIAGNOSE_FIRMWARE_MENUS_H
#define NESTCHECK_DIAGNOSE_FIRMWARE_MENUS_H

#include <stdbool.h>

#include "lib/report.h"

/*
 * intel, amd, nx: the option for VMX, SVM, and NX; NULL if it is not known for this maker (the
 * option for the other CPU vendor may be known). nx includes its menu. note replaces all of them if
 * there is no setup with an option for VMX or SVM.
 */
struct firmware_menu {
	const char *maker; /* the usual name: "Dell PowerEdge" */
	const char *key;
	const char *menu;
	const char *intel, *amd;
	const char *nx;
	const char *note;
};

enum firmware_option {
	FIRMWARE_VMX,
	FIRMWARE_SVM,
	FIRMWARE_NX,
	FIRMWARE_SETUP, /* no particular option: only how to enter the setup */
};

/* NULL if DMI was not recorded or names an unknown maker. Public for tests. */
const struct firmware_menu *firmware_menu_find(const struct firmware_facts *f);

/*
 * "On Dell PowerEdge: press F2 while it starts, then System BIOS, Processor Settings,
 * \"Virtualization Technology\"", in arena. NULL if the maker is unknown, or nothing is known about
 * this option.
 */
const char *firmware_menu_text(struct arena *a, const struct firmware_facts *f,
			       enum firmware_option option);

#endif
