#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that no message to the family, valid, nearly valid or hostile, does harm, whoever else is
# sending and whatever packets are on their way: each request is answered once, each operation is done
# and refused at least once, enough of the valid ones are done, the configuration stays whole, another
# namespace notices nothing, and all of it can be saved, restored and taken away. The messages are made
# from the spec, by fuzz/nl_*.c.
#
#    world1 in --- eth0 lb1 eth1 --- out world1      fuzzed; the same again with lb2 and world2
#    world3 in --- eth0 calm eth1 --- out world3     steers all the time, nobody touches it
#
# Environment: FUZZ_MESSAGES (default 8000), FUZZ_TIME (seconds, 0 no limit; default 20, and none with
# FUZZ_MESSAGES), FUZZ_THREADS (4), SEED (1).
# Timeout: 180

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

fuzzer=$selftests/../out/fuzz/nl_fuzz
seconds=${FUZZ_TIME:-${FUZZ_MESSAGES:+0}}
need_root
need python3
need_mod veth dummy
[ -x "$fuzzer" ] || skip "needs $fuzzer: make -C selftests"

# fuzz_site LB WORLD: two cables between them.
fuzz_site() {
	quiet "$1" "$2"
	must ip -n "$1" -batch - <<-END
		link add eth0 address 02:00:00:00:00:10 type veth peer name in netns $2 address 02:00:00:00:00:01
		link add eth1 address 02:00:00:00:00:20 type veth peer name out netns $2 address 02:00:00:00:00:02
		link add d0 type dummy
		link add d1 type dummy
		link set eth0 up
		link set eth1 up
		link set d0 up
		addr add 192.0.2.10/24 dev eth1
		addr add 2001:db8::10/64 dev eth1 nodad
	END
	must ip -n "$2" -batch - <<-END
		link set in arp off up
		link set out up
		addr add 192.0.2.11/24 dev out
		addr add 192.0.2.12/24 dev out
		addr add 2001:db8::11/64 dev out nodad
		addr add 2001:db8::12/64 dev out nodad
	END
}

calm_begin() {
	must ctl "$calm" -batch - <<-END
		role add dev eth0 balancer
		service add calm 198.51.100.1:80/udp
		real add calm 192.0.2.31 dev eth1 lladdr 02:00:00:00:01:01
		real add calm 192.0.2.32 dev eth1 lladdr 02:00:00:00:01:02
	END
	must wait_for 5 active_is "$calm" calm 2
	calm_before=$(ctl "$calm" save)
}

# fuzz_run: as relay(), and keeps the number of frames that the calm one got.
fuzz_run() {
	"$fuzzer" --seed "${SEED:-1}" --messages "${FUZZ_MESSAGES:-8000}" --seconds "${seconds:-20}" \
		--threads "${FUZZ_THREADS:-4}" --calm "$calm:$world3" "$lb1:$world1" "$lb2:$world2" |
		tee "$tmp/said"
	return "${PIPESTATUS[0]}"
}

# restored LB: what is saved there and restored in an empty namespace is saved the same again. A VIP
# whose device is not there is the one thing that can be asked for and not be restored.
restored() {
	ns_new fresh cable
	fuzz_site "$fresh" "$cable"
	ctl "$1" save >"$tmp/all" &&
		grep -av '^vip add .* dev' "$tmp/all" >"$tmp/saved" &&
		{ grep -aE '^vip add .* dev (eth0|eth1|d0|d1)$' "$tmp/all" >>"$tmp/saved"; true; } &&
		ctl "$fresh" -batch "$tmp/saved" && ctl "$fresh" save >"$tmp/again" &&
		diff <(sort "$tmp/saved") <(sort "$tmp/again")
	local status=$?
	ns_del "$fresh" "$cable"
	return "$status"
}

# What a service gets that does not say how many rows: few are soon filled.
mod_load table_size=251 probe_interval=200
ns_new lb1 world1 lb2 world2 calm world3
fuzz_site "$lb1" "$world1"
fuzz_site "$lb2" "$world2"
fuzz_site "$calm" "$world3"
calm_begin
for lb in "$lb1" "$lb2"; do must ctl "$lb" role add dev eth0 balancer; done
relay fuzz_run
for lb in "$lb1" "$lb2"; do
	check "$lb: saved, restored elsewhere, saved again the same" restored "$lb"
done
frames=$(sed -n 's/^# calm //p' "$tmp/said")
relay python3 "$selftests/fuzz/nl_check.py" "$calm" "$world3" "${frames:-0}" "$lb1" "$lb2"
check_eq "the calm namespace is configured as before" "$(ctl "$calm" save)" "$calm_before"
check "the module unloads" mod_unload
tap_done
