#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# @HEADING@
set -eu

name='@NAME@' disk='@DISK@' preallocation='@PREALLOCATION@' memory='@MEMORY@' vcpus='@CPUS@' bridge='@BRIDGE@'
cpu='@CPU@' virt_type='@TYPE@' module='@MODULE@' level='@LEVEL@'
connect="${LIBVIRT_DEFAULT_URI:-qemu:///system}"
images=/var/lib/libvirt/images

usage() {
	LC_ALL=C tr -c '\n -~' '?' <<END
usage: $(basename "$0") SOURCE [OPTION]... [-- VIRT-INSTALL-OPTION...]

Creates and starts the libvirt guest $level. SOURCE is one of
  --location URL    a distribution's install tree, installed over the serial console
  --cdrom ISO       an install medium
  --import DISK     a disk with an installed system; it is used directly
Options:
  --name NAME       $name
  --disk GIB        size of the new disk ($disk)
  --preallocation P metadata, or falloc: the disk's space is reserved at once ($preallocation)
  --memory MIB      $memory
  --vcpus N         $vcpus
  --bridge BRIDGE   its network${bridge:+ ($bridge)}; without one, NAT by libvirt's
                    network 'default', or by QEMU with qemu:///session
  --nat             NAT
  --cpu CPU         as for virt-install ($cpu)
  --images FOLDER   where the new disk goes ($images)
  --connect URI     $connect
  --dry-run         print the domain's XML and change nothing
END
}

# What is not printable ASCII in a message becomes '?': a terminal would obey it. Nor is it echo's to interpret.
shown() {
	printf '%s' "$*" | LC_ALL=C tr -c ' -~' '?'
	echo
}

die() {
	shown "$(basename "$0"): $*" >&2
	exit 1
}

wrong() {
	shown "$(basename "$0"): $*; see --help" >&2
	exit 2
}

number() {
	case $2 in
	'' | 0* | *[!0-9]*) wrong "$1 $2: not a number" ;;
	esac
}

source_kind='' source='' dry_run=''
while [ $# -gt 0 ]; do
	case $1 in
	--help | -h) usage && exit 0 ;;
	--dry-run) dry_run=1 ;;
	--nat) bridge='' ;;
	--) shift && break ;;
	--location | --cdrom | --import | --name | --disk | --preallocation | --memory | --vcpus | --bridge | --cpu | \
		--images | --connect)
		[ $# -ge 2 ] || wrong "$1 needs a value"
		case $1 in
		--location | --cdrom | --import)
			[ -z "$source_kind" ] || wrong "only one of --location, --cdrom and --import"
			source_kind=$1 source=$2
			;;
		--name) name=$2 ;;
		--disk) disk=$2 ;;
		--preallocation) preallocation=$2 ;;
		--memory) memory=$2 ;;
		--vcpus) vcpus=$2 ;;
		--bridge) bridge=$2 ;;
		--cpu) cpu=$2 ;;
		--images) images=$2 ;;
		--connect) connect=$2 ;;
		esac
		shift
		;;
	*) wrong "unknown argument $1" ;;
	esac
	shift
done
[ -n "$source_kind" ] || wrong "one of --location, --cdrom or --import is required"
number --disk "$disk"
number --memory "$memory"
number --vcpus "$vcpus"
case $preallocation in
metadata | falloc) ;;
*) wrong "--preallocation $preallocation: metadata or falloc" ;;
esac
# virt-install ends a value at a comma.
case $name in
'' | -* | *[!A-Za-z0-9._+-]*) wrong "--name $name: only letters, digits and . _ + -" ;;
esac
case $bridge$images$source in
*,*) wrong "the bridge, the folder and the source may not contain a comma" ;;
esac

for tool in virsh virt-install; do
	command -v $tool >/dev/null ||
		die "$tool is missing. Debian, Ubuntu: apt-get install virtinst libvirt-clients" \
			"libvirt-daemon-system; Fedora: dnf install virt-install libvirt"
done
virsh --connect "$connect" uri >/dev/null || die "no libvirt at $connect"
if virsh --connect "$connect" dominfo "$name" >/dev/null 2>&1; then
	die "the domain $name exists already: remove it with virsh undefine $name, or use another --name"
fi
if [ "$virt_type" = kvm ] && [ -z "$dry_run" ]; then
	[ -e /dev/kvm ] || die "no /dev/kvm: load $module (in L1: does L0 give it nesting? nestcheck diagnose)"
	if [ "$level" = L1 ]; then
		case $(cat "/sys/module/$module/parameters/nested" 2>/dev/null || true) in
		Y | y | 1) ;;
		*) die "nesting is off in $module: nestcheck setup host turns it on" ;;
		esac
	fi
fi

case $source_kind in
--import)
	[ -n "$dry_run" ] || [ -f "$source" ] || die "no disk $source"
	path=$source
	set -- --import "$@"
	;;
*)
	path=$images/$name.qcow2
	[ ! -e "$path" ] || die "$path exists already: --import it, remove it, or use another --name"
	set -- "$source_kind" "$source" "$@"
	;;
esac
# The console of an install tree shows only text.
if [ "$source_kind" = --location ]; then
	set -- --graphics none --extra-args console=ttyS0 "$@"
else
	set -- --graphics vnc,listen=127.0.0.1 --noautoconsole "$@"
fi
disk_options=path=$path,bus=virtio,cache=none
[ "$source_kind" = --import ] || disk_options=$disk_options,size=$disk,format=qcow2
# libvirt then calls qemu-img with preallocation=falloc.
[ "$source_kind" = --import ] || [ "$preallocation" = metadata ] || disk_options=$disk_options,sparse=no
network=network=default
case $connect in
*/session) network=user ;;
esac
[ -z "$bridge" ] || network=bridge=$bridge
[ -z "$dry_run" ] || set -- --dry-run --print-xml 1 "$@"

exec virt-install --connect "$connect" --name "$name" --virt-type "$virt_type" --arch x86_64 --machine q35 \
	--memory "$memory" --vcpus "$vcpus" --cpu "$cpu" --disk "$disk_options" \
	--network "$network,model=virtio" --osinfo detect=on,require=off "$@"
