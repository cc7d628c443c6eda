#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that the kernel's own Python client (tools/net/ynl of linux-source-6.12, in YNL_DIR or
# where selftests/vm/kernels.sh puts it) can do everything with the family from its spec: add, get,
# dump, set and del of every object, and notifications of every change and of a real's reachability;
# and that dumps survive changes, and more than 64 KiB of reals.
#
#    host: d0, a dummy; other: empty
#
# Timeout: 400

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

need_root
need python3
python3 -c 'import yaml, jsonschema' 2>/dev/null || skip "needs python3-yaml and python3-jsonschema"
ynl_find || skip "no netlink tools of linux-source-6.12 (selftests/vm/kernels.sh fetch source)"
need_mod dummy
mod_load
ns_new host other
must ip -n "$host" link add d0 type dummy
must ip -n "$host" link set d0 arp off up
relay python3 "$selftests/netlink_ynl.py" "$ynl_dir" "$host" "$other"
tap_done
