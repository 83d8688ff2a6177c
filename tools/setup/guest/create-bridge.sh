#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A bridge for guests, by nestcheck setup script
set -eu

how='@HOW@' bridge='@BRIDGE@' device='@DEVICE@' root='' undo='' dry_run=''

usage() {
	cat <<END
usage: $(basename "$0") [--dry-run] [--undo] [--root FOLDER]

Creates the bridge $bridge with the card $device as its port, by $how. The
bridge gets its address by DHCP in place of the card. Do this from the machine's own
console: the network is interrupted, and a mistake cuts it off.

  --dry-run       print what would be done
  --undo          remove the bridge
  --root FOLDER   write the files there, and start nothing
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

while [ $# -gt 0 ]; do
	case $1 in
	--help | -h) usage && exit 0 ;;
	--dry-run) dry_run=1 ;;
	--undo) undo=1 ;;
	--root)
		[ $# -ge 2 ] || {
			shown "$(basename "$0"): --root needs a folder; see --help" >&2
			exit 2
		}
		root=$2
		shift
		;;
	*)
		shown "$(basename "$0"): unknown argument $1; see --help" >&2
		exit 2
		;;
	esac
	shift
done

run() {
	if [ -n "$dry_run" ] || [ -n "$root" ]; then
		shown "$*"
	else
		"$@"
	fi
}

# write FILE: write standard input to it, completely or not at all
write() {
	if [ -n "$dry_run" ]; then
		shown "$1:"
		sed 's/^/	/'
		return
	fi
	[ ! -e "$root$1" ] || die "$root$1 exists already"
	mkdir -p "$root$(dirname "$1")"
	cat >"$root$1.new"
	sync "$root$1.new"
	mv "$root$1.new" "$root$1"
	sync "$(dirname "$root$1")"
	shown "wrote $root$1"
}

remove() {
	if [ -n "$dry_run" ]; then
		shown "rm $1"
	else
		rm -f "$root$1"
	fi
}

check() {
	[ -z "$dry_run$root" ] || return 0
	[ "$(id -u)" = 0 ] || die "only root can do this"
	[ -n "$undo" ] || [ ! -e "/sys/class/net/$bridge" ] || die "$bridge exists already"
	[ -e "/sys/class/net/$device" ] || die "there is no network card $device"
	[ ! -e "/sys/class/net/$device/wireless" ] || die "$device is wireless, which cannot be a bridge's port"
}

networkmanager() {
	command -v nmcli >/dev/null || [ -n "$dry_run$root" ] || die "nmcli is missing: another --how?"
	if [ -n "$undo" ]; then
		run nmcli connection delete "$bridge-port" "$bridge"
		return
	fi
	run nmcli connection add type bridge con-name "$bridge" ifname "$bridge" bridge.stp no ipv4.method auto
	# Both or none: on a failure NetworkManager returns to the card's own connection.
	if ! { run nmcli connection add type ethernet con-name "$bridge-port" ifname "$device" \
		master "$bridge" slave-type bridge &&
		run nmcli connection up "$bridge-port" && run nmcli connection up "$bridge"; }; then
		run nmcli connection delete "$bridge-port" || true
		run nmcli connection delete "$bridge" || true
		die "NetworkManager refused; nothing is changed"
	fi
}

networkd() {
	folder=/etc/systemd/network
	if [ -n "$undo" ]; then
		remove "$folder/10-$bridge.netdev"
		remove "$folder/10-$bridge-port.network"
		remove "$folder/10-$bridge.network"
		run networkctl reload
		run networkctl delete "$bridge"
		return
	fi
	for file in "10-$bridge.netdev" "10-$bridge-port.network" "10-$bridge.network"; do
		[ ! -e "$root$folder/$file" ] || die "$root$folder/$file exists already"
	done
	write "$folder/10-$bridge.netdev" <<END
[NetDev]
Name=$bridge
Kind=bridge
END
	write "$folder/10-$bridge-port.network" <<END
[Match]
Name=$device

[Network]
Bridge=$bridge
END
	write "$folder/10-$bridge.network" <<END
[Match]
Name=$bridge

[Network]
DHCP=yes
END
	run networkctl reload
}

ifupdown() {
	file=/etc/network/interfaces.d/$bridge
	if [ -n "$undo" ]; then
		run ifdown "$bridge" || true
		remove "$file"
		return
	fi
	if grep -qsE "^[[:space:]]*iface[[:space:]]+${device}[[:space:]]" "$root/etc/network/interfaces"; then
		die "$device is configured in $root/etc/network/interfaces: remove its lines first"
	fi
	write "$file" <<END
iface $device inet manual

auto $bridge
iface $bridge inet dhcp
	bridge_ports $device
	bridge_stp off
	bridge_fd 0
END
	if ! run ifup "$bridge"; then
		remove "$file"
		die "ifup refused; nothing is changed"
	fi
}

check
case $how in
networkmanager) networkmanager ;;
systemd-networkd) networkd ;;
ifupdown) ifupdown ;;
esac
