#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Has the real nftlb of Debian make its DSR rules for the bench's service, and keeps them in
# nftlb.nft beside this file. Run again when Debian's nftlb changes; `make bench` only loads what
# is kept. The daemon is not installed, only unpacked, and runs in a guest: it takes over all of
# the machine's rules. `nftlb.sh unpack DIR` does only that, for those who run it themselves.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/lib.sh
. "$here/../vm/lib.sh"

if [ "${1:-}" = guest ]; then
	export LD_LIBRARY_PATH=$2/usr/lib/x86_64-linux-gnu
	modprobe -a nf_tables nft_fwd_netdev nft_hash 2>/dev/null || true
	ip link add l0 address 02:00:00:00:00:fe type veth peer name c0
	ip addr add 10.0.0.254/16 dev l0
	ip addr add 10.0.9.9/32 dev l0
	ip link set l0 up
	ip link set c0 up
	for i in 0 1 2; do
		ip neigh replace 10.0.16.$((i + 1)) lladdr 02:00:00:01:00:0$i dev l0 nud permanent
	done
	cat >/run/farm.json <<-'END'
	{ "farms": [ { "name": "web", "family": "ipv4", "virtual-addr": "10.0.9.9",
	  "virtual-ports": "80", "mode": "dsr", "protocol": "udp", "scheduler": "hash",
	  "sched-param": "srcip srcport", "iface": "l0", "oface": "l0", "state": "up", "backends": [
	  { "name": "b0", "ip-addr": "10.0.16.1", "ether-addr": "02:00:00:01:00:00", "weight": "1", "state": "up" },
	  { "name": "b1", "ip-addr": "10.0.16.2", "ether-addr": "02:00:00:01:00:01", "weight": "1", "state": "up" },
	  { "name": "b2", "ip-addr": "10.0.16.3", "ether-addr": "02:00:00:01:00:02", "weight": "1", "state": "up" }
	  ] } ] }
	END
	timeout 20 "$2/usr/sbin/nftlb" -l 7 -e -c /run/farm.json 2>&1 | tail -n 40 || true
	nft list ruleset | tee /run/dsr/ruleset
	exit
fi

# unpack DIR: prints the version.
unpack() {
	local deb

	mkdir -p "$1"
	cd "$1"
	apt-get -qq -o APT::Sandbox::User=root download nftlb libev4 >&2
	for deb in ./*.deb; do dpkg -x "$deb" .; done
	dpkg-deb -f ./nftlb_*.deb Version
	rm ./*.deb
}

if [ "${1:-}" = unpack ]; then
	unpack "${2:?unpack where?}"
	exit
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(unpack "$work/root")
out=$top/out/nftlb
cd "$top"
"$here/../vm/run.sh" --kernel 6.12 --out "$out" -- bash "$here/nftlb.sh" guest "$work/root"
grep -q 'ether daddr' "$out/ruleset" || die "nftlb made no DSR rules: $out/stream.log"
{
	echo "# SPDX-License-Identifier: GPL-2.0"
	echo "# Made by nftlb $version of Debian 12 for the service of the bench; see nftlb.sh."
	cat "$out/ruleset"
} >"$here/nftlb.nft"
note "wrote $here/nftlb.nft"
