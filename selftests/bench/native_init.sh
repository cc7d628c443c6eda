#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# First process of the User-Mode Linux that native.sh starts. The root is this machine's own,
# read-only; all that is written is in memory or in $BENCH, native.sh's folder.

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root LC_ALL=C.UTF-8 TMPDIR=/run
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
mkdir /run/dsr
mount -t hostfs -o "$BENCH" out /run/dsr
ip link set lo up
# shellcheck source=/dev/null
. /run/dsr/conf
# shellcheck disable=SC2154 # conf sets groups
SOURCE=/run/dsr/source DSR_KO=/run/dsr/dsr.ko DSRCTL=/run/dsr/dsrctl DSR_LOGS=/run/dsr/tests \
	bash /run/dsr/native_guest.sh "${groups[@]}" >/run/dsr/said 2>&1 </dev/null
echo $? >/run/dsr/status
busybox poweroff -f
