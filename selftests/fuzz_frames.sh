#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that what becomes of a frame is what scapy's reading of it says, however the frame comes: in
# one piece or in fragments cut anywhere, cloned or not, with a checksum still to be made, as a super
# packet. What is steered differs in its MAC addresses and nothing else and goes to the same real each
# time; what is not does not reach a real; each frame has the one reason that it should. Frames are
# made, mutated and read by fuzz/frame_corpus.py beforehand, and sent and compared by fuzz/fr_fuzz.c.
#
#    fr_fuzz --- tap0 to tap3 lb eth1 --- eth0 real      all taps are balancers
#
# Environment: FUZZ_FRAMES (by default all of the corpus once in each form), FUZZ_TIME (seconds, a
# fifth of them for segments; default no limit), FUZZ_CORPUS (the one of selftests/fuzz/Makefile),
# SEED (1). However short the time, each form has its turn.
# Timeout: 180

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

out=$selftests/../out/fuzz
corpus=${FUZZ_CORPUS:-$out/frames.corpus} frames=${FUZZ_FRAMES:-1} seconds=${FUZZ_TIME:-0}
# A part of any time is some; a part of no limit is none.
part=$(((seconds + 4) / 5))
need_root
need python3 ethtool
need_mod veth tun
[ -x "$out/fr_fuzz" ] || skip "needs $out/fr_fuzz: make -C selftests"
[ -f "$corpus" ] || skip "needs $corpus: scapy, and make -C selftests"

# run_fuzzer SECONDS WORD...
run_fuzzer() {
	relay "$out/fr_fuzz" --seed "${SEED:-1}" --seconds "$1" "${@:2}" "$corpus" "$lb" "$real"
}

mod_load
ns_new lb real
quiet "$lb" "$real"
must ip -n "$lb" -batch - < <(
	for i in 0 1 2 3; do
		echo "tuntap add dev tap$i mode tap vnet_hdr"
		echo "link set tap$i address 02:00:00:00:00:10 arp off up"
	done
	echo "link add eth1 address 02:00:00:00:00:20 type veth peer name eth0 netns $real"
	echo "link set eth1 up"
)
must ip -n "$real" link set eth0 arp off up
must on "$lb" ethtool -K tap2 gro off
{
	printf 'role add dev tap%d balancer\n' 0 1 2 3
	python3 "$selftests/fuzz/frame_corpus.py" config
} >"$tmp/config"
must ctl "$lb" -batch "$tmp/config"
must wait_for 10 active_is "$lb" s8 3
run_fuzzer $((seconds > 1 ? seconds - part : seconds)) --frames "$frames"
must on "$lb" ethtool -K eth1 tso off gso off tx off
run_fuzzer "$part" --frames $((frames / 20)) --segment
check "the module unloads" mod_unload
tap_done
