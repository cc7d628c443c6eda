#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves which real is asked for, how often and by what frame: one that is known by unicast, once in
# probe_interval, which holds from the moment on that it is written; the third time for all to hear, so
# that a new network card is found before the real is held to be gone; one that does not answer by the
# kernel, no more often; one that is down or pinned not at all. A real that was down is found anew. What
# others have said of a neighbour's entry stays.
#
# The network is that of neigh_lab.sh.
#
# Timeout: 240

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"
# shellcheck source=selftests/neigh_lab.sh
. "$selftests/neigh_lab.sh"

neigh_lab probe_interval=60000
relay python3 "$selftests/balancer_probe.py" "$client" "$lb" "$switch" "$DSRCTL" \
	"$real1" "$real2"
tap_done
