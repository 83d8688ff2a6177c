#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Labels a Kubernetes node by what nestcheck finds: feature.node.kubernetes.io/nestcheck.verdict=PASS and the like. It
# writes a file for the worker of Node Feature Discovery, which reads its folder once a minute. nfd-nestcheck.service
# runs this at boot. As root, on the node itself; nestcheck is the static binary.
#
# usage: nfd.sh [FOLDER]
#
# FOLDER: /etc/kubernetes/node-feature-discovery/features.d. Exit status: 0 it was written, whatever the verdict is; 4
# it was not, and the file of an earlier run, which may be wrong now, is removed.
set -u
folder=${1:-/etc/kubernetes/node-feature-discovery/features.d}
file=$folder/nestcheck

failed() {
	rm -f "$file"
	echo "nfd.sh: $1" >&2
	exit 4
}

command -v nestcheck >/dev/null || failed "nestcheck is not in PATH"
mkdir -p "$folder" || failed "$folder could not be made"
# Beside the folder: the worker would read a half file in it, and a rename needs the same file system.
tmp=$(mktemp -d "$folder/../.nestcheck.XXXXXX") || failed "no temporary folder beside $folder"
trap 'rm -rf "$tmp"' EXIT

nestcheck run --quiet --report "$tmp/report.json"
status=$?
[ -s "$tmp/report.json" ] || failed "nestcheck ended with status $status and without a report"
# The status is the verdict's.
nestcheck report "$tmp/report.json" --format nfd >"$tmp/features"
grep -q '^nestcheck.verdict=' "$tmp/features" || failed "the report could not be read"
chmod 644 "$tmp/features"
mv "$tmp/features" "$file" || failed "$file could not be written"
