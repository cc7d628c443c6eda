#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves when a real takes packets and when it does not: weights, states, its MAC learned, pinned,
# changed, or one that must never be used; a real that does not answer leaves within 3 s of the kernel
# knowing and comes back by itself; forwarding follows a new MAC within 100 ms of the kernel knowing;
# with no real left the balancer's own stack answers, and a frame that a real sends is left alone.
#
#    client --- switch --- lb eth0 (balancer)       lb eth9 --- far      another way out
#                 |------- real1, real2, real3
#
# Timeout: 400

# shellcheck disable=SC2154 # ns_new sets variables by their names
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=selftests/dsr_lib.sh
. "$selftests/dsr_lib.sh"

need_root
need python3 nft
need_mod veth bridge
mod_load
lan_new 3
lan_lb veth
lan_vips
ns_new far
quiet "$far"
must ip -n "$lb" -batch - <<-END
	link add eth9 address 02:00:00:00:00:90 type veth peer name eth0 netns $far address 02:00:00:00:00:91
	link set eth9 arp off up
END
must ip -n "$far" link set eth0 arp off up
must ctl "$lb" role add dev eth0 balancer
relay python3 "$selftests/balancer_reals.py" "$client" "$lb" "$far" "${real_ns[@]}"
tap_done
