/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The firmware setup of the usual makers: which key enters it, under which menu the switch for
 * virtualization is, and what it is called there. Pure, by what DMI says of the machine.
 *
 * Menus change from model to model: the words are where to look first, and are said to be.
 */
#ifndef NESTCHECK_DIAGNOSE_FIRMWARE_MENUS_H
#define NESTCHECK_DIAGNOSE_FIRMWARE_MENUS_H

#include <stdbool.h>

#include "lib/report.h"

/*
 * intel, amd, nx: the option for VMX, SVM, and NX; NULL where it is not known for this maker (an
 * option of the other CPU maker may be there). nx: with its menu. note: instead of all of it, where
 * there is no setup with the switch for VMX or SVM.
 */
struct firmware_menu {
	const char *maker; /* as people call it: "Dell PowerEdge" */
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
	FIRMWARE_SETUP, /* none that has a name here: only how to get in */
};

/* NULL where DMI was not recorded, or names no maker that we know. */
const struct firmware_menu *firmware_menu_find(const struct firmware_facts *f);

/*
 * "On Dell PowerEdge: press F2 while it starts, then System BIOS, Processor Settings,
 * \"Virtualization Technology\"", in arena; NULL where the maker is not known, or has nothing to say on it.
 */
const char *firmware_menu_text(struct arena *a, const struct firmware_facts *f,
			       enum firmware_option option);

#endif
