#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that the module survives a lack of memory anywhere: for every request of the family, for
# files in sysfs, for loading and unloading and for namespaces coming and going, first the first
# allocation fails, then the second, and so on until all are there. What failed has said so and
# changed nothing, what succeeded is as without the fault, nothing is kept, the kernel does not
# complain, and whoever listens has heard of a change or has been told that he missed one.
#
# One namespace, a veth pair, a dummy device, neighbours that are known for good; nothing has to answer.
#
# Environment: FAULTS="real-add,module" only what begins so; STRIDE=4 only each fourth allocation;
# FORMER=1 all that a namespace takes before the module has its turn, instead of each 23rd.
# Kernel: debug
# Timeout: 1200

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

need_root
need python3
for file in /proc/self/fail-nth /sys/kernel/debug/failslab /sys/kernel/debug/fail_page_alloc; do
	[ -e "$file" ] || skip "this kernel injects no faults (no $file)"
done
need_mod dummy veth
ns_new lb
quiet "$lb"
must ip -n "$lb" -batch - <<-END
	link add eth0 type veth peer name gen0
	link add eth1 type dummy
	link set eth0 up
	link set gen0 up
	link set eth1 arp on up
	addr add 198.51.100.1/24 dev eth1
	addr add 2001:db8:1::1/64 dev eth1 nodad
	neigh add 198.51.100.11 lladdr 02:00:00:00:00:11 dev eth1 nud permanent
	neigh add 198.51.100.12 lladdr 02:00:00:00:00:12 dev eth1 nud permanent
	neigh add 2001:db8:1::11 lladdr 02:00:00:00:00:11 dev eth1 nud permanent
	neigh add 2001:db8:1::12 lladdr 02:00:00:00:00:12 dev eth1 nud permanent
END
no_autoload
# What of FAULTS began the name of a case.
export CHOSEN=$tmp/chosen
: >"$CHOSEN"
mod_load
relay python3 "$selftests/fail_nth.py" requests "$lb"
relay python3 "$selftests/fail_nth.py" tools "$lb"
check "the module unloads after all of it" mod_unload
if strip --strip-debug -o "$tmp/dsr.ko" "$DSR_KO" 2>/dev/null; then DSR_KO=$tmp/dsr.ko; fi
export DSR_KO
relay python3 "$selftests/fail_nth.py" module "$lb"
mod_load
relay python3 "$selftests/fail_nth.py" namespaces "$lb"
check "the module unloads in the end" mod_unload
IFS=, read -ra words <<<"${FAULTS:-}"
for word in "${words[@]}"; do
	check "there are cases that begin with '$word'" grep -qxF "$word" "$CHOSEN"
done
tap_done
