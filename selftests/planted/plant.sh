#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# plant.sh: loads planted.ko with the bug in $PLANT, from a namespace of its own, and finds nothing
# wrong itself: that is left to the gate. selftests/check_gate.sh runs it.
# Timeout: 170

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
need_root

ns_new room
# shellcheck disable=SC2154 # ns_new sets it
on "$room" insmod "$PLANTED_KO" plant="${PLANT:-nothing}"
at_exit rmmod planted
tap_ok "${PLANT:-nothing} is planted"
tap_done
