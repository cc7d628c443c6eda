#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `make demo`: gets what is needed, builds, and runs selftests/demo.sh in a guest, with its words as
# they come. KERNEL=6.1|6.12, by default the newest; KERNELS= does, too.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/lib.sh
. "$here/lib.sh"
kernel=${KERNEL:-${KERNELS:-6.12}}
[[ $kernel != *' '* ]] || die "KERNELS=\"$kernel\": the demo is on one of them"

"$here/deps.sh"
"$here/kernels.sh" fetch "$kernel"
note "building"
mkdir -p "$top/out"
make -C "$top/tools/dsrctl" >"$top/out/tools.log" 2>&1 || { tail -n 30 "$top/out/tools.log"; exit 1; }
"$here/build.sh" "$kernel"
make -s -C "$top/selftests" all
export DSR_KO=$top/out/build/$kernel/dsr_mod/dsr.ko DSRCTL=$top/tools/dsrctl/dsrctl
PASS='DSR_KO DSRCTL REQUESTS' exec "$here/run.sh" --kernel "$kernel" --stream --script "$top/selftests/demo.sh"
