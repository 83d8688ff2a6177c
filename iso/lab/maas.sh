#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A test script for MAAS: does nested virtualization work on this machine? Put the static binary (build/nestcheck) where
# your machines can download it, write its URL below, and upload this file as a test script (script_type: testing).
# PASS is passed, or degraded where a finding says that something is missing; UNSUPPORTED is skipped; FAIL and ERROR
# are failed.
#
# --- Start MAAS 1.0 script metadata ---
# name: nestcheck
# title: Nested virtualization
# description: Runs guests inside of guests on KVM, and says what is in the way if that does not work.
# tags: cpu, virtualization
# script_type: testing
# hardware_type: cpu
# parallel: disabled
# timeout: 00:20:00
# packages: {url: "http://example.org/nestcheck"}
# results:
#  verdict:
#   title: Verdict
#   description: PASS, FAIL, UNSUPPORTED (the CPU or the hypervisor below offers nothing) or ERROR.
#  grade:
#   title: Grade
#   description: How well it works; functional, good, fast, each including the one before.
#  reason:
#   title: Reason
#   description: What decided the verdict.
#  cases_pass:
#   title: Cases that passed
#   description: Of the self-test, which runs L2 in L1.
#  cases_fail:
#   title: Cases that failed
#   description: Each is in the report with what was expected and what was seen.
#  findings:
#   title: Findings
#   description: Their names; nestcheck diagnose --explain NAME says more.
# --- End MAAS 1.0 script metadata ---
set -u

# MAAS downloads what packages.url names to this folder, under the last part of its name.
program=${DOWNLOAD_PATH:-.}/nestcheck
results=${RESULT_PATH:-/dev/null}

failed() {
	echo "nestcheck: $1" >&2
	printf 'status: failed\nresults:\n  verdict: "ERROR"\n  reason: "%s"\n' "$1" >"$results"
	exit 4
}

[ -f "$program" ] || failed "no nestcheck was downloaded: the script's packages.url has to name it"
chmod +x "$program" || failed "nestcheck could not be made executable"
tmp=$(mktemp -d) || failed "no temporary folder"
trap 'rm -rf "$tmp"' EXIT
as_root=
[ "$(id -u)" -eq 0 ] || as_root='sudo -n'

# The ephemeral system has not loaded KVM, or without nesting. If this fails, the run says why.
$as_root "$program" load || :
$as_root "$program" run --report "$tmp/report.json"
status=$?
[ -s "$tmp/report.json" ] || failed "it ended with status $status and without a report"
# Its own status is the verdict's, which the YAML says better.
"$program" report "$tmp/report.json" --format maas >"$tmp/results"
[ -s "$tmp/results" ] || failed "its report could not be read"
cat "$tmp/results" >"$results" || exit 4
exit "$status"
