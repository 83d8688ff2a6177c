# SPDX-License-Identifier: GPL-2.0-only
"""The printed texts, read by the tools that they are for; no guest is started."""

import os
import re
import xml.etree.ElementTree as ET

from guest_common import check, run, skip
from lib.pinned import pinned

SHELL = {"virt-install", "qemu", "virtualbox", "proxmox", "gcp", "aws", "azure"}
CPUS = ("host-passthrough", "host-model", "custom")


def domains(found, tmp):
    """Each domain, by libvirt's schema and by its parser."""
    rows = [
        (f, [*level, "--cpu", cpu])
        for f in found
        for level in ([], ["--level", "l2"])
        for cpu in CPUS
    ]
    rows += [("vmx", ["--bridge", "br0", "--cdrom", "/iso/debian-12.iso", "--name", "a.b_c+d-e"])]
    rows += [("svm", ["--accel", "tcg", "--cpu", cpu]) for cpu in CPUS]
    rows += [(f, ["--os", "windows", "--cdrom", "/w.iso", "--cpu", c]) for f in found for c in CPUS]
    for feature, options in rows:
        path = tmp / "domain.xml"
        path.write_text(found[feature].text("guest", "--for", "libvirt", *options))
        name = ET.parse(path).getroot().findtext("name")
        valid = run(["virt-xml-validate", path, "domain"])
        defined = run(
            ["virsh", "-q", "-c", "test:///default", f"define --validate {path}; dumpxml {name}"]
        )
        kept = re.search(r"<cpu .*?(/>|</cpu>)", defined.stdout, re.DOTALL)
        good = kept and (
            ("--level" in options) != (f"policy='require' name='{feature}'" in kept[0])
        )
        check(
            not valid.returncode and not defined.returncode and good,
            f"domain {feature} {' '.join(options)}",
            valid.stdout + defined.stdout,
        )


# The part of a KVM host's capabilities that virt-install reads.
CAPABILITIES = """<capabilities><host><cpu><arch>x86_64</arch></cpu></host>
<guest><os_type>hvm</os_type><arch name='x86_64'><wordsize>64</wordsize>
<emulator>/usr/bin/qemu-system-x86_64</emulator>
<machine maxCpus='288'>pc-q35-7.2</machine>
<machine canonical='pc-q35-7.2' maxCpus='288'>q35</machine>
<domain type='qemu'/><domain type='kvm'/></arch></guest></capabilities>
"""


def with_words(line, *words):
    assert line.count("virt-install --name") == 1
    return line.replace("virt-install --name", f"virt-install {' '.join(words)} --name")


def lines(found, tmp):
    """virt-install accepts each line; the connection of its own tests offers KVM."""
    caps = tmp / "capabilities.xml"
    caps.write_text(CAPABILITIES)
    uri = f"__virtinst_test__test:///default,predictable,fakeuri=qemu:///system,caps={caps}"
    for feature, machine in found.items():
        for options in (*(["--cpu", c] for c in CPUS), ["--bridge", "br0"], ["--level", "l2"]):
            line = machine.text("guest", "--for", "virt-install", *options)
            result = run(
                ["sh", "-c", with_words(line, f"--connect '{uri}' --dry-run --print-xml 1")]
            )
            cpu = re.search(r"<cpu .*?(/>|</cpu>)", result.stdout, re.DOTALL)
            asked = cpu and re.search(
                rf'name="{feature}" policy="require"|policy="require" '
                rf'name="{feature}"',
                cpu[0],
            )
            check(
                not result.returncode
                and cpu
                and bool(asked) != ("l2" in options)
                and f'mode="{options[1] if options[0] == "--cpu" else CPUS[0]}"' in cpu[0]
                and 'type="kvm"' in result.stdout,
                f"virt-install {feature} {' '.join(options)}",
                result.stdout,
            )


def vagrant(found, tmp):
    home = dict(
        os.environ,
        VAGRANT_HOME=str(tmp / "vagrant.d"),
        VAGRANT_CHECKPOINT_DISABLE="1",
        VAGRANT_DEFAULT_PROVIDER="libvirt",
    )
    plugins = run(["vagrant", "plugin", "list"], env=home)
    check(
        "vagrant-libvirt" in plugins.stdout, "the plugin vagrant-libvirt is there", plugins.stdout
    )
    rows = (
        ("vmx", []),
        ("vmx", ["--part", "cpu-feature"]),
        ("vmx", ["--cpu", "custom"]),
        ("svm", ["--part", "cpu-feature"]),
        ("svm", ["--cpu", "host-model"]),
        ("svm", ["--level", "l2", "--bridge", "eth1"]),
    )
    for feature, options in rows:
        folder = tmp / "vagrant"
        folder.mkdir(exist_ok=True)
        text = found[feature].text("guest", "--for", "vagrant", *options)
        # A bridge's card is looked up in libvirt, whose test driver has eth1.
        there = text.replace(
            "libvirt.driver =", "libvirt.uri = 'test:///default'\n    libvirt.driver ="
        )
        (folder / "Vagrantfile").write_text(there if "--bridge" in options else text)
        result = run(["vagrant", "validate"], cwd=folder, env=home)
        good = not result.returncode and "successfully" in result.stdout
        check(good, f"vagrant validate {feature} {' '.join(options)}", result.stdout)
    # It can refuse, so that its acceptance means something.
    (folder / "Vagrantfile").write_text(text.replace("libvirt.cpus", "libvirt.no_such_setting"))
    result = run(["vagrant", "validate"], cwd=folder, env=home)
    check(result.returncode != 0, "vagrant validate refuses what it does not know", result.stdout)


BRIDGE = ("--for", "bridge", "--device", "eth0", "--how")


def shellcheck(found, tmp):
    path = tmp / "script.sh"
    program, why = pinned("shellcheck")
    if not program:
        skip("shellcheck", why)
        return
    for feature, machine in found.items():
        texts = {k: machine.text("guest", "--for", k) for k in SHELL}
        texts |= {f"script {n}": machine.text("script", "--for", n) for n in ("l1", "l2")}
        for how in ("networkmanager", "systemd-networkd", "ifupdown"):
            texts[f"bridge {how}"] = machine.text("script", *BRIDGE, how)
        for name, text in texts.items():
            path.write_text(text)
            result = run([program, "-s", "sh", path])
            left = re.search(r"@[A-Z]+@", text)
            check(not result.returncode and not left, f"shellcheck {feature} {name}", result.stdout)
