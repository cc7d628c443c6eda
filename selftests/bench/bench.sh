#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# `make bench`: what a packet takes, of us and of everything like us, in instructions; what loading,
# changing and listing take; what things weigh. Installs and builds what it needs, boots each kernel
# once with a clock that counts instructions, and prints one table. How to read it:
# Documentation/networking/dsr-performance.rst.
#   bench.sh [--json FILE] [--svg FILE] [GROUP]...   groups: see guest.sh; default all. "layout", alone:
#                       the structures that a packet meets, see layout.sh
#   KERNELS="6.12"      only these kernels (default: 6.1 and 6.12)
#   ONLY=REGEX          only these paths
#   CLIENTS_TIME=3      seconds of the guest's clock for each measurement of real clients
#   COUNT=30080         packets of each measurement, after 8000 that are not counted
#   DSR_KO= DSRCTL=     measure these instead of building (one kernel only)
# Everything is in out/bench/latest: table.txt, table.json, table.svg, a folder of each kernel.
set -uo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/lib.sh
. "$here/../vm/lib.sh"

json='' svg=''
while [[ ${1:-} == --* ]]; do
	case $1 in
	--json) json=$(readlink -m "${2:?--json needs a file}"); shift 2 ;;
	--svg) svg=$(readlink -m "${2:?--svg needs a file}"); shift 2 ;;
	*) sed -n 's/^#   //p' "$0"; exit 2 ;;
	esac
done
every=(memory pass main many peers virtio control clients)
groups=("$@")
[ $# -gt 0 ] || groups=("${every[@]}")
[ "${groups[*]}" = layout ] || known_parts "${every[*]} recorded" "${groups[@]}"
cd "$top" || exit 1
kernels=${KERNELS:-${KERNEL:-6.1 6.12}}
# Nothing to be run.
if [ "${groups[*]}" = layout ]; then
	for kernel in $kernels; do "$here/layout.sh" "$kernel" || exit; done
	exit
fi
out=$(new_folder "$top/out/bench" run)
export LC_ALL=C.UTF-8

"$here/../vm/deps.sh" bench || die "dependencies"
# shellcheck disable=SC2086 # a list
"$here/../vm/kernels.sh" fetch $kernels || die "kernels"
export XDP_OBJ=$out/xdp.bpf.o
clang -O2 -g -Wall -Werror -target bpf -I/usr/include/x86_64-linux-gnu \
	-c "$here/xdp.bpf.c" -o "$XDP_OBJ" || die "xdp.bpf.c"
export SOURCE=$out/source
gcc -O2 -Wall -Wextra -Werror -o "$SOURCE" "$here/source.c" || die "source.c"

if [[ " ${groups[*]} " == *' control '* ]]; then
	"$here/nftlb.sh" unpack "$out/nftlb" >/dev/null || die "nftlb"
	export NFTLB=$out/nftlb
fi
ours=${DSR_KO:-} program=${DSRCTL:-}
if [ -z "$program" ]; then
	make -s -C tools/dsrctl >"$out/tools.log" 2>&1 || { tail -n 30 "$out/tools.log"; exit 1; }
	program=$top/tools/dsrctl/dsrctl
fi
# Copies: what is measured, and by what, stays what it was when it was started.
mkdir "$out/scripts"
cp "$here"/*.sh "$here"/*.nft "$here"/*.lua "$out/scripts/"
# Two network cards back to back. Which doorbells a card leaves out, and how much comes at once, must
# not depend on how fast this machine runs the emulator's other threads: hence no ioeventfd, no bh.
cards=''
for end in 01:c fe:l; do
	cards+=" -netdev hubport,hubid=0,id=${end#*:}"
	cards+=" -device virtio-net-pci,netdev=${end#*:},mac=02:00:00:00:00:${end%:*},ioeventfd=off,tx=timer"
done
[[ " ${groups[*]} " != *' virtio '* ]] || export QEMU_ARGS=$cards
reports=() status=0
for kernel in $kernels; do
	mkdir -p "$out/$kernel"
	if [ -z "$ours" ]; then
		"$here/../vm/build.sh" "$kernel" || die "build for $kernel"
		cp "out/build/$kernel/dsr_mod/dsr.ko" "$out/$kernel/"
	else
		cp "$ours" "$out/$kernel/dsr.ko"
	fi
	cp "$program" "$out/$kernel/dsrctl"
	test_module "$kernel" "$here/empty_hook" "$out/$kernel/empty_hook" || die "empty_hook for $kernel"
	export EMPTY_HOOK=$out/$kernel/empty_hook/empty_hook.ko
	export DSR_KO=$out/$kernel/dsr.ko DSRCTL=$out/$kernel/dsrctl
	ICOUNT=1 MEM=4096 LIMIT=${LIMIT:-1800} PASS='DSR_KO DSRCTL EMPTY_HOOK SOURCE XDP_OBJ ONLY COUNT WARM CLIENTS_TIME NFTLB' \
		"$here/../vm/run.sh" --kernel "$kernel" --out "$out/$kernel" \
		--script "$out/scripts/guest.sh" "${groups[@]}" || status=$?
	[ ! -s "$out/$kernel/bench.tsv" ] || reports+=("$kernel=$out/$kernel/bench.tsv")
done

[ ${#reports[@]} -gt 0 ] || die "nothing was measured: $out"
# The last change of the module is what the figures are of, whatever else has changed since.
commit() {
	git log -1 --format=%h -- dsr_mod 2>/dev/null || echo unknown
	git diff --quiet HEAD -- dsr_mod 2>/dev/null || echo '(and changes not committed)'
}
{
	echo "DSR $(commit | paste -sd' '), $(date -u +%Y-%m-%d)," \
		"$(for k in $kernels; do eval "$("$here/../vm/kernels.sh" env "$k")"; echo "$KREL"; done | paste -sd' ')," \
		"$(qemu-system-x86_64 --version | sed -n 's/.*version \([^ (]*\).*/QEMU \1 -icount/p')"
	PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$here/report.py" --json "$out/table.json" --svg "$out/table.svg" "${reports[@]}"
} | tee "$out/table.txt"
[ -z "$json" ] || cp "$out/table.json" "$json"
[ -z "$svg" ] || cp "$out/table.svg" "$svg"
[ $status -eq 0 ] || note "a guest did not end well (status $status): what is above is what there is"
note "all of it is in $out"
exit $status
