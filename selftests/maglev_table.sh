#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that the table a kernel builds is the one of selftests/unit/unit_maglev.c, whatever the
# order in which reals were added, that it follows weights, seed and size, and that it is the same
# after `dsrctl save` and restore, on another balancer too; and that packets of known flows leave
# for the real of the row that selftests/unit/flow_vectors.h says.
#
#    wire --- lb (balancer)   d0 - a dummy device; all reals are pinned, so none needs to be there

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

digest_of() { ctl "$1" -j service show t | grep -o '"digest": *"[^"]*"'; }

need_root
need python3
need_mod dummy
mod_load
ns_new one two
for ns in "$one" "$two"; do
	must ip -n "$ns" link add d0 type dummy
	must ip -n "$ns" link set d0 up
done
must ip -n "$one" link add wire type veth peer name lb address 02:00:00:00:00:10
for dev in wire lb; do
	must ip -n "$one" link set "$dev" up
done
relay python3 "$selftests/maglev_table.py" "$one"
ctl "$one" save >"$tmp/save"
check "save has the service and its reals" [ "$(grep -c 'real add t' "$tmp/save")" = 7 ]
check "another balancer takes what was saved" ctl "$two" -batch "$tmp/save"
check_eq "and has the same digest" "$(digest_of "$two")" "$(digest_of "$one")"
check_eq "and saves the same" "$(ctl "$two" save)" "$(cat "$tmp/save")"
tap_done
