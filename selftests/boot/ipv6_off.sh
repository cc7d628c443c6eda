#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that on a host whose IPv6 is switched off at boot (ipv6.disable=1) everything of IPv4 works,
# everything of IPv6 is refused in so many words, and an IPv6 packet is none of ours. Needs a boot of
# its own, so it is run by name only.
#
#    client eth0 --- switch --- eth0 lb (balancer)
#                      `------- eth0 real (backend)

here=$(readlink -f "$(dirname "$0")")
# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$here/../lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

off="IPv6 is disabled on this host"

refused() { check_refused "$1 is refused" 1 "$off" ctl "$lb" "${@:2}"; }

need_root
need python3
grep -qw ipv6.disable=1 /proc/cmdline || skip "boot with ipv6.disable=1"
need_mod veth bridge
# shellcheck disable=SC2119 # no parameters
mod_load
ns_new switch client lb real
must ip -n "$switch" link add br0 type bridge mcast_snooping 0
must ip -n "$switch" link set br0 up
for host in client:1 lb:10 real:11; do
	name=${host%:*} n=${host#*:}
	must ip -n "$switch" -batch - < <(lan_cable "$name" "$n" | sed 's/ addrgenmode none//')
	must ip -n "${!name}" -batch - <<-END
		link set eth0 up
		addr add 192.0.2.$n/24 dev eth0
	END
done
must ip -n "$lb" addr add "$vip4/32" dev eth0

check "roles of both kinds" ctl "$lb" -batch - <<-END
	role add dev eth0 balancer
	role add dev eth0 backend
	role del dev eth0 backend
END
check "an IPv4 service" ctl "$lb" service add web "$vip4:7000/udp" table-size 251
check "an IPv4 real" ctl "$lb" real add web 192.0.2.11
refused "an IPv6 service" service add web6 "[$vip6]:7000/udp"
refused "an IPv6 real" real add web 2001:db8::11
refused "an IPv6 real with all that could be known of it" \
	real add web 2001:db8::11 dev eth0 lladdr 02:00:00:00:00:11
refused "a link-local one" real add web fe80::11 dev eth0
refused "an IPv6 VIP" vip add "$vip6" noaddr
refused "an IPv6 VIP with its address" vip add "$vip6"
check "an IPv4 VIP" ctl "$real" vip add "$vip4"
check "the real is found and has rows" wait_for 10 active_is "$lb" web 1
relay python3 "$here/ipv6_off.py" "$client" "$lb" "$real"
check_eq "what is saved is what was accepted" "$(ctl "$lb" save)" "role add dev eth0 balancer
service add web $vip4:7000/udp table-size 251
real add web 192.0.2.11"
check_eq "and of the backend" "$(ctl "$real" save)" "vip add $vip4"
check "VIP, role, real and service are taken away" \
	eval "ctl $real vip del $vip4 && printf '%s\n' 'role del dev eth0 balancer' 'service del web' | ctl $lb -batch -"
check "the module is unloaded" mod_unload
tap_done
