#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that the per-CPU memory of reals and roles is given back. Each has counters on every CPU, and
# no instrument looks for those: kmemleak, on 6.1, reports nothing that is per CPU. So reals come and go
# many thousand times, roles some hundred, and the kernel must have no more of it for that.
#
#    box   d0 (dummy)
# Timeout: 240

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"

need_root
need_mod dummy
mod_load
ns_new box
must ip -n "$box" link add d0 type dummy
must ip -n "$box" link set d0 up
cpus=$(nproc --all)
# A real's counters are 16 bytes, those of a role 192 (selftests/bench/layout.sh).
reals=8000 roles=500
# Where every allocation is looked at.
[[ $(uname -r) != *-dsr-* ]] || reals=2000 roles=200

# percpu: KiB, when what waits for a grace period has gone. Unloading the module would wait for that,
# too, but frees all there is.
percpu() { sed -n 's/^Percpu: *\([0-9]*\) kB/\1/p' /proc/meminfo; }

reals_come_and_go() {
	local i

	{
		echo "service add web 192.0.2.99:80/udp table-size 251"
		for ((i = 0; i < reals; i++)); do
			echo "real add web 192.0.2.11 lladdr 02:00:00:00:00:11 dev d0"
			echo "real del web 192.0.2.11"
		done
		echo "service del web"
	} | "$DSRCTL" -n "$box" -batch -
}

roles_come_and_go() {
	local i

	for ((i = 0; i < roles; i++)); do
		echo "role add dev d0 balancer"
		echo "role del dev d0 balancer"
	done | "$DSRCTL" -n "$box" -batch -
}

# grows_by_less WHAT BYTES TIMES: the third time, since the first ones fill what is kept at hand. A
# quarter of what would be missing if none of it came back, but no less than the allocator's empty pages.
grows_by_less() {
	local before most=$(($2 * $3 * cpus / 4 / 1024))

	[ $most -ge 40 ] || most=40
	must "$1"
	must "$1"
	before=$(percpu)
	must "$1"
	check "per-CPU memory of $1 ($3 times) is given back" wait_for 10 \
		eval "[ \$(percpu) -le $((before + most)) ]"
	comment "$before KiB before, $(percpu) after, less than $most more allowed"
}

grows_by_less reals_come_and_go 16 $reals
grows_by_less roles_come_and_go 192 $roles
tap_done
