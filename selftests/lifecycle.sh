#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that devices, namespaces and the module itself may go at any time, under traffic:
#
# 1. The device with the role, the device that leads to the real, and a backend's device go down,
#    are deleted, renamed, moved to another namespace, and change their MAC; steering ends and begins
#    as it should, and nothing is kept.
# 2. A namespace with everything configured is deleted; hooks are listed while they come and go.
# 3. CYCLES (200) times insmod, configure, traffic through it, rmmod under that traffic; nothing is
#    left behind: no module, no folder in sysfs, no hook, no memory.
#
#    gen eth0 --- eth0 lb eth1 --- eth0 real       spare: where devices are moved to
#
# Environment: CYCLES (default 200), ROUNDS (3) of each change of a device.
# Timeout: 600

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

need_root
need python3 nft
need_mod veth dummy bridge
can_list_hooks && LISTS_HOOKS=yes || LISTS_HOOKS=''
export LISTS_HOOKS
mod_load
ns_new gen lb real spare
quiet "$gen" "$lb" "$real" "$spare"
relay python3 "$selftests/lifecycle.py" devices "$gen" "$lb" "$real" "$spare"
relay python3 "$selftests/lifecycle.py" namespaces "$gen" "$lb" "$real" "$spare"
check "the module unloads when all is over" mod_unload
# From memory, and without what only a debugger reads: loading is not what takes the time then.
if strip --strip-debug -o "$tmp/dsr.ko" "$DSR_KO" 2>/dev/null; then DSR_KO=$tmp/dsr.ko; fi
export DSR_KO
relay python3 "$selftests/lifecycle.py" cycles "$gen" "$lb" "$real" "$spare"
check_fails "no module is left" grep -q '^dsr ' /proc/modules
tap_done
