#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# guest.sh GROUP...: runs groups of measurements in the guest, which QEMU runs with -icount; results
# go to bench.tsv in the result folder. ONLY=REGEX picks among the paths of a group.
#   pass main many recorded   of our module            peers   of others on the same bed
#   control memory   loading, changing, listing; what things take        virtio   between network cards
#   clients   HTTP and a stream by real programs

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/bench/bed.sh
. "$here/bed.sh"
# shellcheck source=selftests/bench/ours.sh
. "$here/ours.sh"

mkdir -p "$DSR_LOGS"
bed_up
dsr_load
for group; do
	echo "# running $group"
	case $group in
	pass | main | many | recorded) "ours_$group" ;;
	peers | virtio | control | memory | clients)
		# shellcheck source=/dev/null
		. "$here/$group.sh"
		"$group"
		;;
	*) die "no group $group" ;;
	esac
done
