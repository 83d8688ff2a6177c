#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A bridge for guests, by nestcheck setup script
set -eu

how='@HOW@' bridge='@BRIDGE@' device='@DEVICE@' root='' undo='' dry_run=''
record=/var/lib/nestcheck/bridge-$bridge

usage() {
	cat <<END
usage: $(basename "$0") [--dry-run] [--undo] [--root FOLDER]

Creates the bridge $bridge with the card $device as its port, by $how. The
bridge gets its address by DHCP in place of the card. Do this from the machine's own
console: the network is interrupted, and a mistake cuts it off.

  --dry-run       print what would be done
  --undo          remove the bridge, if it is as this script made it
  --root FOLDER   write the files there, and start nothing
END
}

# What is not printable ASCII in a message becomes '?': a terminal would obey it. Nor is it echo's to interpret.
shown() {
	printf '%s' "$*" | LC_ALL=C tr -c ' -~' '?'
	echo
}

wrong() {
	shown "$(basename "$0"): $*; see --help" >&2
	exit 2
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
		# An empty name is rather a variable without a value.
		[ -n "${2-}" ] || wrong "--root needs a folder"
		root=$2
		[ -d "$root/" ] || die "$root is not a folder"
		case $root in
		/*) ;;
		*) root=./$root ;;
		esac
		shift
		;;
	*) wrong "unknown argument $1" ;;
	esac
	shift
done

# What this run has made, the last first: if it fails or is interrupted, all of it is taken back.
files='' folders='' connections='' temporary='' started='' unknown='' finished='' caught=''

take_back() {
	case $started$how in
	1ifupdown) ifdown "$bridge" ;;
	esac
	for uuid in $connections; do
		nmcli connection delete uuid "$uuid" || left="$left connection $uuid"
	done
	for file in $files; do
		rm -f "$root$file" || left="$left $root$file"
	done
	for folder in $folders; do
		rmdir "$root$folder"
	done
	case $started$how in
	1systemd-networkd)
		networkctl reload
		[ ! -e "/sys/class/net/$bridge" ] || networkctl delete "$bridge" || left="$left $bridge"
		;;
	esac
}

# shellcheck disable=SC2317 # called by the trap
finish() {
	status=$? left=$unknown
	set +e
	trap '' INT TERM HUP QUIT PIPE
	[ -z "$temporary" ] || rm -f "$temporary"
	[ -z "$finished" ] || exit "$status"
	take_back
	if [ -n "$left" ]; then
		shown "$(basename "$0"): this is left:$left" >&2
	else
		shown "$(basename "$0"): nothing is changed" >&2
	fi
	exit "$status"
}

# A step is completed first: else what it has made would not be known.
step_done() {
	[ -z "$caught" ] || exit "$caught"
}

run() {
	if [ -n "$dry_run" ] || [ -n "$root" ]; then
		shown "$*"
	else
		"$@" || die "$1 refused"
		step_done
	fi
}

there() {
	[ -e "$1" ] || [ -L "$1" ]
}

# With --root, no part of a path may be a link: it would lead out of there.
stay_inside() {
	[ -n "$root" ] || return 0
	at=$root rest=${1#/}
	while [ -n "$rest" ]; do
		at=$at/${rest%%/*}
		[ ! -L "$at" ] || die "$at is a link, and --root follows none"
		case $rest in
		*/*) rest=${rest#*/} ;;
		*) rest='' ;;
		esac
	done
}

# What would keep a file from being made, as far as it can be seen.
check_write() {
	stay_inside "$1"
	! there "$root$1" || die "$root$1 exists already"
	folder=$(dirname "$1")
	while ! there "$root$folder"; do
		folder=$(dirname "$folder")
	done
	[ -d "$root$folder" ] || die "$root$folder is not a folder"
	# A dry run ends as that of root.
	[ -w "$root$folder" ] || { [ -n "$dry_run" ] && [ "$(id -u)" != 0 ]; } || die "$root$folder cannot be written"
}

make_folder() {
	[ ! -d "$root$1" ] || return 0
	make_folder "$(dirname "$1")"
	mkdir "$root$1" || die "$root$1 was not made"
	folders="$1 $folders"
}

# write FILE COMMAND...: write its output there, completely or not at all, and never over a file that is there
write() {
	file=$1
	shift
	if [ -n "$dry_run" ]; then
		shown "$file:"
		"$@" | sed 's/^/	/'
		return
	fi
	make_folder "$(dirname "$file")"
	temporary=$(mktemp "$root$(dirname "$file")/.nestcheck.XXXXXX") || die "$root$file was not written"
	# A link is made only if its name is free.
	{ "$@" >"$temporary" && chmod 644 "$temporary" && sync "$temporary" && ln -T "$temporary" "$root$file"; } ||
		die "$root$file was not written"
	files="$file $files"
	rm -f "$temporary"
	temporary=''
	sync "$(dirname "$root$file")" || die "$root$file was not written"
	shown "wrote $root$file"
	step_done
}

remove() {
	if [ -n "$dry_run" ]; then
		shown "rm $root$1"
	else
		rm -f "$root$1" || die "$root$1 is left"
	fi
}

config_files() {
	case $how in
	systemd-networkd)
		for name in "$bridge.netdev" "$bridge-port.network" "$bridge.network"; do
			echo "/etc/systemd/network/10-$name"
		done
		;;
	ifupdown) echo "/etc/network/interfaces.d/$bridge" ;;
	esac
}

content() {
	echo "# The bridge $bridge with the card $device, by nestcheck setup script"
	case $1 in
	*.netdev) printf '[NetDev]\nName=%s\nKind=bridge\n' "$bridge" ;;
	*-port.network) printf '[Match]\nName=%s\n\n[Network]\nBridge=%s\n' "$device" "$bridge" ;;
	*.network) printf '[Match]\nName=%s\n\n[Network]\nDHCP=yes\n' "$bridge" ;;
	*)
		cat <<END
iface $device inet manual

auto $bridge
iface $bridge inet dhcp
	bridge_ports $device
	bridge_stp off
	bridge_fd 0
END
		;;
	esac
}

# Whether a file is just what this script writes.
is_ours() {
	[ -f "$root$1" ] && [ ! -L "$root$1" ] && [ "$(content "$1" && echo x)" = "$(cat "$root$1" && echo x)" ]
}

check() {
	[ -z "$root" ] || return 0
	[ -n "$dry_run" ] || [ "$(id -u)" = 0 ] || die "only root can do this"
	case $how in
	networkmanager) tool=nmcli ;;
	systemd-networkd) tool=networkctl ;;
	*) tool=ifup ;;
	esac
	command -v $tool >/dev/null || die "$tool is missing: another --how?"
	[ -z "$undo" ] || return 0
	[ ! -e "/sys/class/net/$bridge" ] || die "$bridge exists already"
	[ -e "/sys/class/net/$device" ] || die "there is no network card $device"
	[ ! -e "/sys/class/net/$device/wireless" ] || die "$device is wireless, which cannot be a bridge's port"
}

only_uuids() {
	sed -nE 's/^(.*[^0-9a-f])?([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})([^0-9a-f].*)?$/\2/p'
}

# add NAME WORDS...: make a connection; the UUID of it is in $uuid, for a name may be another's, too
add() {
	name=$1
	shift
	if [ -n "$dry_run$root" ]; then
		shown "nmcli connection add $*"
		uuid="of-$name"
		return
	fi
	answer=$(LC_ALL=C nmcli connection add "$@") || die "NetworkManager refused"
	uuid=$(printf '%s\n' "$answer" | only_uuids)
	[ -n "$uuid" ] || unknown=" connection $name"
	[ -n "$uuid" ] || die "NetworkManager does not say which connection it made: $answer"
	connections="$uuid $connections"
	step_done
}

networkmanager() {
	if [ -z "$root" ]; then
		check_write "$record"
		names=$(nmcli -g NAME connection show) || die "NetworkManager refused"
		for name in "$bridge" "$bridge-port"; do
			! printf '%s\n' "$names" | grep -qxF "$name" || die "a connection $name exists already"
		done
	fi
	add "$bridge" type bridge con-name "$bridge" ifname "$bridge" bridge.stp no ipv4.method auto
	made=$uuid
	add "$bridge-port" type ethernet con-name "$bridge-port" ifname "$device" master "$made" slave-type bridge
	[ -n "$root" ] || write "$record" printf '%s\n' "$uuid" "$made"
	run nmcli connection up uuid "$uuid"
	run nmcli connection up uuid "$made"
}

undo_networkmanager() {
	if [ -n "$root" ] || ! there "$record"; then
		shown "nothing to undo: $record, with the UUIDs of what was made, is not there"
		return
	fi
	uuids=''
	[ ! -f "$record" ] || [ -L "$record" ] || uuids=$(only_uuids <"$record")
	[ -n "$uuids" ] || die "$record is not as this script made it"
	for uuid in $uuids; do
		nmcli connection show uuid "$uuid" >/dev/null 2>&1 || continue
		run nmcli connection delete uuid "$uuid"
	done
	remove "$record"
}

by_files() {
	for file in $(config_files); do
		check_write "$file"
	done
	if [ "$how" = ifupdown ]; then
		stay_inside /etc/network/interfaces
		! grep -qsE "^[[:space:]]*iface[[:space:]]+${device}[[:space:]]" "$root/etc/network/interfaces" ||
			die "$device is configured in $root/etc/network/interfaces: remove its lines first"
	fi
	for file in $(config_files); do
		write "$file" content "$file"
	done
	[ -n "$dry_run$root" ] || started=1
	case $how in
	ifupdown) run ifup "$bridge" ;;
	*) run networkctl reload ;;
	esac
}

undo_files() {
	found=''
	for file in $(config_files); do
		stay_inside "$file"
		there "$root$file" || continue
		is_ours "$file" || die "$root$file is not as this script made it: nothing is removed"
		found=1
	done
	if [ -z "$found" ]; then
		shown "nothing to undo: there is no file of $bridge"
		return
	fi
	[ "$how" != ifupdown ] || (run ifdown "$bridge") || true
	for file in $(config_files); do
		! there "$root$file" || remove "$file"
	done
	[ "$how" != ifupdown ] || return 0
	run networkctl reload
	if [ -n "$root" ] || [ -e "/sys/class/net/$bridge" ]; then
		run networkctl delete "$bridge"
	fi
}

check
if [ -n "$undo" ]; then
	case $how in
	networkmanager) undo_networkmanager ;;
	*) undo_files ;;
	esac
	exit
fi
for signal in HUP:1 INT:2 QUIT:3 PIPE:13 TERM:15; do
	# shellcheck disable=SC2064 # the number is needed now
	trap "caught=$((128 + ${signal#*:}))" "${signal%:*}"
done
trap finish EXIT
case $how in
networkmanager) networkmanager ;;
*) by_files ;;
esac
finished=1
