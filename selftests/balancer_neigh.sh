#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves that a real stays in the table while nothing is known against it. Its entry in the kernel's
# neighbour table is flushed, deleted, lost because the way out changes its MAC address, or cannot be
# made again because the table is full of others, and for a while nobody answers: no table is built with fewer
# reals, no real is said to be unreachable, and every packet arrives at one. The same while its MAC
# is pinned and unpinned again and again, and while its address is asked for in vain on another device.
# A real that is really gone leaves as before.
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

# Slow to ask, so that a while without answers says nothing against a real, in a slow guest either.
neigh_lab probe_interval=20000
# These are one for all namespaces.
for name in /proc/sys/net/ipv[46]/neigh/default/gc_thresh[123]; do
	at_exit eval "echo $(<"$name") >$name"
done
relay python3 "$selftests/balancer_neigh.py" "$client" "$lb" "$switch" "$DSRCTL" \
	"$real1" "$real2"
tap_done
