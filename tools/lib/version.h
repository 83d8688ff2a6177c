/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The version of this nestcheck, unless the build passes a more exact -DNESTCHECK_VERSION='"..."'.
 */
#ifndef NESTCHECK_LIB_VERSION_H
#define NESTCHECK_LIB_VERSION_H

#ifndef NESTCHECK_VERSION
#define NESTCHECK_VERSION "0.1.0"
#endif

#endif
