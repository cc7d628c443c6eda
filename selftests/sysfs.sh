#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that /sys/class/net/DEV/dsr and /sys/module/dsr/parameters say and do what netlink does:
# same values, same ranges, same events; refused values change nothing; the folder is there as long
# as the device has a role, in the device's own namespace only.
#
#    gen eth0 --- eth0 host         other: another eth0

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

reasons="steered not_host vlan not_ip not_vip malformed fragment icmp_error icmp protocol no_service
no_real loop lro too_big dev_down no_memory egress_drop arp_ignored arp_rewritten arp_suppressed
nd_ignored nd_rewritten nd_suppressed"

# at NS COMMAND...: with the namespace's own /sys.
at() { on "$1" bash -c "$2"; }

# The words of files, a line each.
files() { at "$1" "cd /sys/class/net/$2/dsr 2>/dev/null && ls | tr '\n' ' '"; }

sorted() { tr -s '[:space:]' '\n' <<<"$*" | sed '/^$/d' | LC_ALL=C sort | tr '\n' ' '; }

json() { grep -o "\"$1\": *[^,}]*" | head -n 1 | sed 's/.*: *//'; }

# writes NS FILE VALUE... : prints for each value what came of it and what the file says then.
writes() {
	local ns=$1 file=$2

	shift 2
	at "$ns" "for v in $(printf '%q ' "$@"); do
		if said=\$({ printf '%s\n' \"\$v\" >$file; } 2>&1); then said=ok; fi
		echo \"\$v: \${said##*: } \$(cat $file)\"
	done"
}

need_root
need_mod veth dummy
mod_load
ns_new gen host other
quiet "$gen" "$host"
must ip -n "$host" link add eth0 type veth peer name eth0 netns "$gen"
must ip -n "$other" link add eth0 type veth peer name eth1
for ns in "$gen" "$host"; do must ip -n "$ns" link set eth0 arp off up; done
dir=/sys/class/net/eth0/dsr

check_eq "no folder without a role" "$(files "$host" eth0)" ""
must ctl "$host" role add dev eth0 balancer
check_eq "a balancer's folder has the roles and all reasons" "$(sorted "$(files "$host" eth0)")" \
	"$(sorted roles "$reasons")"
must ctl "$host" role add dev eth0 backend arp-ignore 2
check_eq "a backend's has its two values as well" "$(sorted "$(files "$host" eth0)")" \
	"$(sorted roles arp_ignore arp_announce "$reasons")"
check_eq "roles and values read as they were given" \
	"$(at "$host" "cat $dir/roles $dir/arp_ignore $dir/arp_announce" | tr '\n' ' ')" "balancer backend 2 2 "
check_eq "modes of the files" "$(at "$host" "stat -c %a $dir/roles $dir/arp_ignore $dir/steered" | tr '\n' ' ')" \
	"444 644 444 "
check_eq "nothing in another namespace" "$(files "$other" eth0)" ""

# Events: what is written to sysfs is told as what is asked by netlink is.
ctl "$host" -j monitor >>"$tmp/monitor" &
bg_pids+=($!)
# Until it has subscribed, each change is made anew.
told() { ctl "$host" role set dev eth0 backend arp-ignore 1 && grep -q arp-ignore "$tmp/monitor"; }
wait_for 10 told || tap_fail "dsrctl monitor tells of a change"
: >"$tmp/monitor"
want=$(for v in 0 1 2 3 4 5 6 7 8; do echo "$v: ok $v"; done)
check_eq "arp_ignore takes 0 to 8" "$(writes "$host" $dir/arp_ignore 0 1 2 3 4 5 6 7 8)" "$want"
check_eq "arp_announce takes 0 to 2" "$(writes "$host" $dir/arp_announce 0 1 2)" "$(head -n 3 <<<"$want")"
wait_for 10 eval "[ \$(grep -c '\"arp-ignore\"' $tmp/monitor) -ge 12 ]"
check_eq "each write is an event" "$(grep -o '"arp-ignore": *[0-9]' "$tmp/monitor" | grep -o '.$' | tr '\n' ' ')" \
	"0 1 2 3 4 5 6 7 8 8 8 8 "
check_eq "netlink shows what sysfs was given" "$(ctl "$host" -j role show dev eth0 backend | json arp-ignore)" 8
must ctl "$host" role set dev eth0 backend arp-ignore 4 arp-announce 1
check_eq "sysfs shows what netlink was given" "$(at "$host" "cat $dir/arp_ignore $dir/arp_announce" | tr '\n' ' ')" "4 1 "
: >"$tmp/monitor"
range='Numerical result out of range' invalid='Invalid argument'
check_eq "arp_ignore refuses the rest" "$(writes "$host" $dir/arp_ignore 9 255 256 99999999999 -1 x '' 1x '1 2')" \
	"$(printf '%s\n' "9: $range 4" "255: $range 4" "256: $range 4" "99999999999: $range 4" \
		"-1: $invalid 4" "x: $invalid 4" ": $invalid 4" "1x: $invalid 4" "1 2: $invalid 4")"
check_eq "arp_announce refuses the rest" "$(writes "$host" $dir/arp_announce 3 -1 x)" \
	"$(printf '%s\n' "3: $range 1" "-1: $invalid 1" "x: $invalid 1")"
check_eq "what is refused is no event" "$(cat "$tmp/monitor")" ""
check_fails "a reason cannot be written" at "$host" "echo 0 >$dir/steered"

# Counters.
mac=$(at "$host" 'cat /sys/class/net/eth0/address')
must ctl "$host" service add web 192.0.2.3:80/udp table-size 251
"$frame" send "$gen/eth0" udp4 --smac 02:00:00:00:00:01 --dmac "$mac" --src 192.0.2.1 --dst 192.0.2.2 --count 7
"$frame" send "$gen/eth0" udp4 --smac 02:00:00:00:00:01 --dmac 02:00:00:00:00:77 --src 192.0.2.1 --dst 192.0.2.2 --count 3
"$frame" send "$gen/eth0" udp4 --smac 02:00:00:00:00:01 --dmac "$mac" --src 192.0.2.1 --dst 192.0.2.3 --dport 80 --count 5
wait_for 5 at "$host" "[ \$(cat $dir/no_real) = 5 ]"
check_eq "reasons count" "$(at "$host" "cat $dir/not_vip $dir/not_host $dir/no_real $dir/steered" | tr '\n' ' ')" "7 3 5 0 "
check_eq "and netlink shows the same" \
	"$(ctl "$host" -j stats | tr '{' '\n' | grep '"role": *"balancer"' | grep -o '"reason": *"no-real".*' | json packets)" 5

# The life of the folder.
# Down, because kernels before 6.2 rename no device that is up.
must ip -n "$host" link set eth0 down
must ip -n "$host" link set eth0 name lan0
check_eq "a new name takes the folder along" "$(at "$host" 'cat /sys/class/net/lan0/dsr/roles')" "balancer backend"
must ip -n "$host" link set lan0 name eth0
must ctl "$host" role del dev eth0 backend
check_eq "without the backend its values go" "$(sorted "$(files "$host" eth0)")" "$(sorted roles "$reasons")"
check_eq "and one role is left" "$(at "$host" "cat $dir/roles")" balancer
must ctl "$host" role del dev eth0 balancer
check_eq "with the last role the folder goes" "$(files "$host" eth0)" ""
# Who takes a file away waits for its writers, and they for nothing that he has: lockdep sees to that.
must ctl "$host" role add dev eth0 backend
for write in "3 arp_ignore" "1 arp_announce"; do
	read -r value file <<<"$write"
	bg writer on "$host" bash -c "while :; do echo $value 2>/dev/null >$dir/$file; done"
	writers+=("$writer")
done
written() { [ "$(at "$host" "cat $dir/arp_ignore $dir/arp_announce" | tr '\n' ' ')" = "3 1 " ]; }
check "two write its values over and over" wait_for 10 written
check "and meanwhile a backend comes and goes" ctl "$host" -batch - < <(
	for i in {1..100}; do printf 'role del dev eth0 backend\nrole add dev eth0 backend\n'; done
)
check "they still do" wait_for 10 written
for writer in "${writers[@]}"; do bg_end "$writer"; done
must ctl "$host" role del dev eth0 backend
must ctl "$host" role add dev eth0 backend
must ip -n "$host" link set eth0 netns "$other" name moved
check_eq "a device that moves away leaves folder and role" "$(files "$other" moved)$(ctl "$host" role show)" ""

# Parameters of the module.
p=/sys/module/dsr/parameters
values() { head -n 1 -q $p/probe_interval $p/arp_ignore $p/arp_announce $p/table_size $p/hook_priority | tr '\n' ' '; }
check_eq "parameters have their defaults" "$(values)" "1000 1 2 65537 0 "
check_eq "probe_interval takes 100 to 60000" "$(writes '' $p/probe_interval 100 60000 99 60001 0 -1 x 1000)" \
	"$(printf '%s\n' "100: ok 100" "60000: ok 60000" "99: $range 60000" "60001: $range 60000" "0: $range 60000" \
		"-1: $invalid 60000" "x: $invalid 60000" "1000: ok 1000")"
check_eq "table_size takes primes from 251 to 655373" "$(writes '' $p/table_size 251 655373 250 252 655374 65536 x 65537)" \
	"$(printf '%s\n' "251: ok 251" "655373: ok 655373" "250: $range 655373" "252: $range 655373" \
		"655374: $range 655373" "65536: $range 655373" "x: $invalid 655373" "65537: ok 65537")"
check_eq "arp_ignore takes 0 to 8" "$(writes '' $p/arp_ignore 0 8 9 x 1)" \
	"$(printf '%s\n' "0: ok 0" "8: ok 8" "9: $range 8" "x: $invalid 8" "1: ok 1")"
check_eq "arp_announce takes 0 to 2" "$(writes '' $p/arp_announce 0 2 3 x)" \
	"$(printf '%s\n' "0: ok 0" "2: ok 2" "3: $range 2" "x: $invalid 2")"
check_eq "hook_priority is read-only" "$(stat -c %a $p/hook_priority)" 444
check_eq "parameters are as before" "$(values)" "1000 1 2 65537 0 "
echo 509 >$p/table_size
must ctl "$other" service add new 192.0.2.9:80/tcp
check_eq "a new service has the table size of the parameter" "$(ctl "$other" -j service show new | json table-size)" 509
echo 65537 >$p/table_size
echo 7 >$p/arp_ignore
must ip -n "$other" link add d0 type dummy
must ctl "$other" role add dev d0 backend
check_eq "a new backend has the values of the parameters" "$(ctl "$other" -j role show dev d0 backend | json arp-ignore)" 7
echo 1 >$p/arp_ignore
check "the module unloads" mod_unload
check_fails "a size that is no prime refuses to load" insmod "$DSR_KO" table_size=65536
check "parameters are taken at load" mod_load table_size=1021 hook_priority=-5
check_eq "and shown" "$(values)" "1000 1 2 1021 -5 "
tap_done
