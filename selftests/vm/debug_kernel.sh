#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Kernels with every instrument on, built from Debian's own source (linux-source-*) and cached.
#
#   debug_kernel.sh build NAME...   build what is named, if it is not there yet
#   debug_kernel.sh env NAME        print shell assignments: KREL KIMAGE KMODULES KDIR
#   debug_kernel.sh config NAME     print the whole configuration it would be built with
#
# NAME is FLAVOUR-SERIES: debug-6.1, debug-6.12 (KASAN, lockdep, kmemleak and more: debug.config)
# and kcsan-6.1, kcsan-6.12 (data races: debug-kcsan.config on top of that). uml-6.12 has none: it is
# the User-Mode Linux of `make bench-native` (bench/uml.config). kernels.sh and build.sh take these
# names too, run.sh all but the last. A build belongs to its fragments, source and compiler: a change
# of any makes another. Builds that nobody asked for in two weeks are removed.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
cache=${DSR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dsr}
me=debug_kernel.sh

# 6.1 does not trust x86-64 to unwind its stack. With frame pointers it may, as 6.12 says.
unwinds='/^config FAULT_INJECTION_STACKTRACE_FILTER$/,/^$/{/depends on !X86_64/d}'

die() { echo "$me: $*" >&2; exit 1; }
say() { echo "$me: $*" >&2; }

# fragments FLAVOUR: what goes over tinyconfig, in this order.
fragments() {
	case $1 in
	debug) echo "$here/debug.config" ;;
	kcsan) echo "$here/debug.config" "$here/debug-kcsan.config" ;;
	uml) echo "$here/../bench/uml.config" ;;
	*) die "unknown flavour '$1' (debug, kcsan or uml)" ;;
	esac
}

# locate NAME: sets flavour, series, source and build, and what is made there.
locate() {
	local hash

	flavour=${1%%-*} series=${1#*-} arch=() targets=(bzImage modules) image=arch/x86/boot/bzImage
	[ "$flavour" != uml ] || { arch=(ARCH=um) targets=(linux modules) image=linux; }
	read -ra fragment <<<"$(fragments "$flavour")"
	case $1 in
	*-6.1 | *-6.12) ;;
	*) die "unknown kernel '$1' (debug-6.1, debug-6.12, kcsan-6.1, kcsan-6.12, uml-6.12)" ;;
	esac
	source=$("$here/kernels.sh" dir "source-$series")
	# What is only said about an option does not change the kernel.
	hash=$({
		echo "${source##*/} $unwinds"
		"${CC:-gcc}" --version | head -n 1
		sed '/^#/d; /^$/d' "${fragment[@]}"
	} | sha256sum | cut -c 1-12)
	build=$cache/$1-$hash
}

kmake() { make -C "$source" O="$build" "${arch[@]}" ${CC:+CC="$CC"} "$@"; }

# wanted: what the fragments say in the end, the last word on each option.
wanted() {
	sed -n 's/^\(CONFIG_[^=]*\)=\(.*\)/\1 \2/p' "${fragment[@]}" |
		awk '{ value[$1] = $2 } END { for (name in value) print name, value[name] }' | sort
}

# configure: an option that fell silently by the way would be an instrument that sees nothing.
configure() {
	local name value lost=()

	mkdir -p "$build"
	sed -i "$unwinds" "$source/lib/Kconfig.debug"
	kmake -s tinyconfig >/dev/null
	(cd "$build" && "$source/scripts/kconfig/merge_config.sh" -m -O . .config "${fragment[@]}") >/dev/null
	kmake -s olddefconfig >/dev/null 2>&1
	while read -r name value; do
		case $value in
		n) ! grep -q "^$name=" "$build/.config" || lost+=("$name=n") ;;
		*)
			grep -qxF "$name=$value" "$build/.config" ||
				# An older or newer kernel that does not know the option.
				! grep -rqsE --include='Kconfig*' "^\s*(menu)?config ${name#CONFIG_}\$" "$source" ||
				lost+=("$name=$value")
			;;
		esac
	done < <(wanted)
	[ ${#lost[@]} -eq 0 ] || die "$1 cannot have: ${lost[*]}"
}

# progress PID LOG: a line every half minute.
progress() {
	local last=$SECONDS

	while kill -0 "$1" 2>/dev/null; do
		sleep 1
		[ $((SECONDS - last)) -ge 30 ] || continue
		last=$SECONDS
		say "$(printf '%d:%02d' $((SECONDS / 60)) $((SECONDS % 60))) $(grep -c '^  CC' "$2") files compiled"
	done
}

build_one() {
	local name=$1 log old status=0 maker

	locate "$name"
	if [ -e "$build/complete" ]; then
		touch "$build/complete"
		return
	fi
	mkdir -p "$cache"
	exec 9>"$cache/.lock-$name"
	flock -n 9 || { say "waiting for another build of $name to end"; flock 9; }
	[ ! -e "$build/complete" ] || return 0
	SECONDS=0
	say "building $name in $build (once; some eight minutes on two CPUs)"
	configure "$name"
	log=$build/build.log
	nice make -C "$source" O="$build" "${arch[@]}" ${CC:+CC="$CC"} "-j$(nproc)" "${targets[@]}" \
		>"$log" 2>&1 9>&- &
	maker=$!
	trap 'kill $maker 2>/dev/null' EXIT
	progress $maker "$log"
	wait $maker || status=$?
	trap - EXIT
	[ $status -eq 0 ] || { grep -E -m 5 -A 5 'rror:|\*\*\*' "$log" >&2; die "building $name failed: $log"; }
	kmake -s INSTALL_MOD_PATH="$build/root" modules_install >>"$log" 2>&1
	printf 'KREL=%q\n' "$(kmake -s kernelrelease)" >"$build/release"
	# Modules are built against it: that needs neither the objects nor how they came to be.
	(
		cd "$build"
		find . -path ./scripts -prune -o -path ./tools -prune -o -path ./root -prune -o \
			-type f \( -name '*.o' -o -name '*.a' -o -name '.*.cmd' -o -name '.tmp*' \) -print0 | xargs -0 rm -f
	)
	touch "$build/complete"
	say "$name is in $build after $((SECONDS / 60)) min $((SECONDS % 60)) s"
	for old in "$cache/$name"-*; do
		if [ "$old" != "$build" ] && [ -z "$(find "$old/complete" -mtime -14 2>/dev/null)" ]; then
			rm -rf "$old"
		fi
	done
}

env_of() {
	local KREL

	(build_one "$1")
	locate "$1"
	# shellcheck source=/dev/null
	. "$build/release"
	printf '%s=%q\n' KREL "$KREL" KIMAGE "$build/$image" \
		KMODULES "$build/root/lib/modules/$KREL" KDIR "$build"
	# A module for it must be told whose kernel it is.
	[ ${#arch[@]} -eq 0 ] || echo "export ${arch[*]}"
}

verb=${1:-help}
shift || true
case $verb in
build)
	[ $# -gt 0 ] || die "build what? debug-6.1, debug-6.12, kcsan-6.1, kcsan-6.12, uml-6.12"
	for name; do
		(build_one "$name")
	done
	;;
env)
	[ $# -eq 1 ] || die "usage: $me env NAME"
	env_of "$1"
	;;
config)
	[ $# -eq 1 ] || die "usage: $me config NAME"
	locate "$1"
	build=$(mktemp -d)
	trap 'rm -rf "$build"' EXIT
	configure "$1"
	cat "$build/.config"
	;;
*) sed -n '3,14s/^# \?//p' "$0" ;;
esac
