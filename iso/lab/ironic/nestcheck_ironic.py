# SPDX-License-Identifier: GPL-2.0-only
"""For the Ironic Python Agent: nestcheck's report in the inspection data, and a burn-in step.

Install it with pip into the ramdisk, beside the static binary nestcheck in PATH, and add
`nestcheck` to ipa-inspection-collectors. The report is `plugin_data.nestcheck`, where Ironic
itself only has the flags vmx and svm; an inspection rule can make a capability of it.

The step `burnin_nested` runs by hand only (priority 0), and repeats the self-test on each CPU in
turn. The node's driver_info has its options, as for the other burn-in steps:

    agent_burnin_nested_timeout     seconds, 3600
    agent_burnin_nested_outputfile  where the output goes as well
"""

import json
import os
import shutil
import subprocess
import tempfile

from ironic_python_agent import errors
from ironic_python_agent import hardware
from oslo_log import log

LOG = log.getLogger(__name__)
RUN_LIMIT = 1200  # seconds
# A pass that has begun is ended.
SOAK_MARGIN = 600
PASS, UNSUPPORTED = 0, 3


def program():
    """The path of the binary, or None."""
    return shutil.which("nestcheck", path=os.environ.get("PATH", "") + ":/usr/local/bin")


def report():
    """A run's report. Raises OSError, ValueError, subprocess.SubprocessError."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "report.json")
        # Without KVM there is nothing to run; why it could not be loaded is in the report.
        for words in (["load"], ["run", "--report", path]):
            subprocess.run(
                [program() or "nestcheck", *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=RUN_LIMIT,
                check=False,
            )
        with open(path, encoding="utf-8") as file:
            return json.load(file)


def collect(data, failures):
    """An inspection collector. A machine that cannot nest is no failure of the inspection."""
    try:
        data["nestcheck"] = report()
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        LOG.warning("nestcheck gave no report: %s", error)
        failures.add("nestcheck gave no report: %s", error)


class NestcheckHardwareManager(hardware.HardwareManager):
    """The burn-in step, where the binary is there."""

    HARDWARE_MANAGER_NAME = "NestcheckHardwareManager"
    HARDWARE_MANAGER_VERSION = "1"

    def evaluate_hardware_support(self):
        if program():
            return hardware.HardwareSupport.MAINLINE
        return hardware.HardwareSupport.NONE

    def get_clean_steps(self, node, ports):
        return [
            {
                "step": "burnin_nested",
                "priority": 0,
                "interface": "deploy",
                "reboot_requested": False,
                "abortable": True,
            }
        ]

    def burnin_nested(self, node, ports):
        """Passes of the self-test for that time. A failure raises errors.CleaningError."""
        info = node.get("driver_info") or {}
        seconds = int(info.get("agent_burnin_nested_timeout", 3600))
        subprocess.run([program(), "load"], stdin=subprocess.DEVNULL, timeout=60, check=False)
        try:
            done = subprocess.run(
                [program(), "selftest", "--soak", f"{seconds}s"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=seconds + SOAK_MARGIN,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise errors.CleaningError(f"nestcheck did not end in {error.timeout:.0f} s") from error
        LOG.info("%s", done.stdout)
        if path := info.get("agent_burnin_nested_outputfile"):
            with open(path, "w", encoding="utf-8") as file:
                file.write(done.stdout)
        if done.returncode == UNSUPPORTED:
            LOG.warning("this machine offers no nested virtualization")
        elif done.returncode != PASS:
            last = (done.stdout.strip().splitlines() or ["no output"])[-1]
            raise errors.CleaningError(f"nestcheck ended with status {done.returncode}: {last}")
