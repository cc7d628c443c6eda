#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Boots a Debian kernel in QEMU on this machine's own root (read-only by 9p, under an overlay in
# memory), runs one command in it and passes its exit status on. See README beside this file.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source=selftests/vm/lib.sh
. "$here/lib.sh"

usage() {
	cat <<-'END'
	usage: run.sh [--kernel 6.1|6.12|debug-6.1|...] [--out DIR] [--stream] [--] COMMAND [ARG]...
	       run.sh [--kernel 6.1|6.12] [--out DIR] [--stream] --script FILE [ARG]...
	  --kernel   which of Debian's kernels to boot (default: $KERNEL, or 6.12), or of debug_kernel.sh's
	  --script   run FILE with bash
	  --stream   the command's output as it is, without the elapsed time before each line
	  --out      folder for logs and results (default: a new one in out/vm)
	environment: SMP=2 MEM=2048 LIMIT=600 (seconds for the boot) APPEND= (kernel command line)
	             KIMAGE= KMODULES= (another kernel: image and lib/modules/RELEASE folder)
	             ACCEL=kvm|tcg (default: KVM where a guest really boots with it)
	             ICOUNT=1 (one CPU, a clock that counts instructions) WAIT=no (do not queue)
	             QEMU_ARGS= (more words for QEMU)
	exit: the command's own status; 98 the kernel log holds trouble; 99 the guest hung or crashed
	END
}

kernel=${KERNEL:-6.12} out='' raw='' command=()
while [ $# -gt 0 ]; do
	case $1 in
	--kernel) kernel=${2:?--kernel needs 6.1 or 6.12}; shift 2 ;;
	--out) out=${2:?--out needs a folder}; shift 2 ;;
	--stream) raw=yes; shift ;;
	--script)
		[ -f "${2:?--script needs a file}" ] || die "no such script: $2"
		command=(/bin/bash "$(readlink -f "$2")" "${@:3}")
		break
		;;
	-h | --help) usage; exit ;;
	--) command=("${@:2}"); break ;;
	-*) usage >&2; exit 2 ;;
	*) command=("$@"); break ;;
	esac
done
[ ${#command[@]} -gt 0 ] || { usage >&2; exit 2; }

smp=${SMP:-2} mem=${MEM:-2048} limit=${LIMIT:-600}
if [ -n "${KIMAGE:-}" ]; then
	: "${KMODULES:?KIMAGE needs KMODULES, its lib/modules/RELEASE folder}"
	KREL=$(basename "$KMODULES")
else
	eval "$("$here/kernels.sh" env "$kernel")"
fi

out=${out:-$(new_folder "$top/out/vm" "$kernel")}
mkdir -p "$out"
out=$(readlink -f "$out")
work=$(mktemp -d)
qemu_pid=''
cleanup() {
	[ -z "$qemu_pid" ] || kill "$qemu_pid" 2>/dev/null || true
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

nonce=$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')
accel=${ACCEL:-$("$here/accel.sh" "$KIMAGE")}

queue
initramfs "$work" "$here/init" <<END
KREL=$KREL
KMODULES=$(printf %q "$KMODULES")
GUEST=$(printf %q "$here/guest.sh")
TMP_IS_USED=$(case "$top:$KMODULES:$PWD:${command[*]}" in *:/tmp/* | /tmp/* | *' /tmp/'*) echo yes ;; esac)
END
rm -f "$out"/{result,results,conf,console.log,stream.log,dmesg,kmemleak}
{
	printf '%s=%q\n' NONCE "$nonce" DIR "$PWD" ACCEL "$accel"
	echo "export DSR_ACCEL=$accel"
	# Where the user's cache is: in the guest we are root, and its home another.
	printf 'export DSR_CACHE=%q DSR_LOGS=/run/dsr/tests\n' "$cache"
	[ "$accel" = kvm ] || echo 'export KSFT_MACHINE_SLOW=yes'
	for v in ${PASS:-}; do
		[ -z "${!v:-}" ] || printf 'export %s=%q\n' "$v" "${!v}"
	done
	printf 'COMMAND=('
	printf '%q ' "${command[@]}"
	echo ')'
} >"$out/conf"

mkfifo "$work/stream"
qemu=(qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot
	-m "$mem" -kernel "$KIMAGE" -initrd "$work/initrd")
# Races are looked for by CPUs that truly run side by side.
thread=single
[[ $KREL != *-dsr-* ]] || thread=multi
if [ -n "${ICOUNT:-}" ]; then
	qemu+=(-accel 'tcg,thread=single' -smp 1 -icount 'shift=0,sleep=off' -cpu 'max,la57=off')
elif [ "$accel" = kvm ]; then
	qemu+=(-accel kvm -smp "$smp" -cpu host)
else
	qemu+=(-accel "tcg,thread=${TCG_THREAD:-$thread}" -smp "$smp" -cpu 'max,la57=off')
fi
# KCSAN also tells of races that are not ours; which are, is read from the log.
warn=1
[[ $KREL != *-kcsan ]] || warn=0
# A kernel with every instrument on computes the old machine's table of interrupts, a program in
# ACPI's language, for half a minute, and again for each device. The newer machine's is a constant.
[[ $KREL != *-dsr-* ]] || qemu+=(-machine q35)
# Its clock is the CPU's counter, which the kernel would not trust here. Any other clock is a device,
# and to read it stops the other CPU: it took a tenth of all time.
[[ $KREL != *-dsr-* ]] || APPEND="tsc=reliable ${APPEND:-}"
qemu+=(-append "console=ttyS0 panic=-1 panic_on_warn=$warn oops=panic loglevel=7 mitigations=off ${APPEND:-}"
	-serial "file:$out/console.log"
	-device virtio-serial-pci
	-chardev "file,id=stream,path=$work/stream" -device 'virtserialport,chardev=stream,name=dsr.stream'
	-chardev "file,id=result,path=$out/result" -device 'virtserialport,chardev=result,name=dsr.result'
	-fsdev 'local,id=root,path=/,security_model=none,multidevs=remap,readonly=on'
	-device 'virtio-9p-pci,fsdev=root,mount_tag=root'
	-fsdev "local,id=out,path=$out,security_model=none"
	-device 'virtio-9p-pci,fsdev=out,mount_tag=out')
# shellcheck disable=SC2206 # words
qemu+=(${QEMU_ARGS:-})

note "booting $KREL with $accel, $smp CPUs, limit ${limit}s; logs in $out"
SECONDS=0
timeout -k 5 "$limit" "${qemu[@]}" </dev/null >"$out/qemu.log" 2>&1 8>&- &
qemu_pid=$!
show "$work/stream" "$out" "$qemu_pid" "$raw" "$limit"
status=0
wait $qemu_pid || status=$?
qemu_pid=''

verdict=0
reported=$(sed -n "s/^$nonce exit //p" "$out/result" 2>/dev/null || true)
if [ -z "$reported" ]; then
	verdict=99
	if [ "$status" -eq 124 ] || [ "$status" -eq 137 ]; then
		note "FAILED: the guest did not end within ${limit}s"
	elif [ -s "$out/result" ]; then
		note "FAILED: the guest ended without a report (crash?)"
	else
		note "FAILED: the guest did not boot (QEMU's status $status, see $out/qemu.log)"
	fi
	tail -n 3 "$out/qemu.log"
else
	verdict=$reported
fi
looked=yes
scan_log "$out/console.log" "$out/kmemleak" || looked=''
# Silence is good only from those who have looked.
[ -s "$out/console.log" ] || { looked=''; note "FAILED: the kernel's log is empty"; }
if [[ $KREL == *-dsr-debug && $verdict -ne 99 ]] && ! grep -qsx 'two scans done' "$out/kmemleak"; then
	looked=''
	note "FAILED: nobody looked for leaks: $out/kmemleak"
fi
[ "$looked" ] || [ "$verdict" -eq 99 ] || verdict=98
note "guest of $KREL ended after ${SECONDS}s with status $verdict"
exit "$verdict"
