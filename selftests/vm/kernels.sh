#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Debian's own kernels, with headers that modules can be built against, unpacked into a cache.
#
#   kernels.sh fetch [6.1|6.12|source]...   get what is named (default: all three)
#   kernels.sh dir 6.1|6.12|source          print where it is, fetching it first if it is not there
#   kernels.sh env 6.1|6.12                 print shell assignments: KREL KIMAGE KMODULES KDIR
#
# 6.1-rt, 6.1-cloud, 6.12-rt and 6.12-cloud are Debian's other flavours; headers-6.12-rt and so on
# are without the image, to build against only.
# source-6.1 and source-6.12 are the sources that a kernel can be built from; debug-6.1, kcsan-6.12,
# uml-6.12 and so on the kernels that debug_kernel.sh builds from them.
#
# Nothing is installed: /boot, /lib/modules and /usr/src of this machine stay as they are. Each
# package version has a folder of its own in ${DSR_CACHE:-~/.cache/dsr}, so a security update is
# picked up by the next fetch and an interrupted one is never mistaken for a whole one.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
cache=${DSR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dsr}
me=kernels.sh tmp=''

die() { echo "$me: $*" >&2; exit 1; }
say() { echo "$me: $*" >&2; }

# The package that follows each series; Debian 12's default kernel is 6.1, 6.12 comes beside it.
meta_of() {
	case $1 in
	6.1 | 6.1-rt | 6.1-cloud) echo "linux-image${1#6.1}-amd64" ;;
	6.12 | 6.12-rt | 6.12-cloud) echo "linux-image-$1-amd64" ;;
	*) die "unknown kernel '$1' (6.1 or 6.12, with -rt or -cloud)" ;;
	esac
}

# field PACKAGE FIELD: of the version apt would install; nothing if apt does not know the package.
field() { { apt-cache show --no-all-versions "$1" 2>/dev/null || true; } | sed -n "s/^$2: //p" | head -n 1; }

# depends PACKAGE PATTERN: the first dependency that matches, or nothing.
depends() { { field "$1" Depends | grep -oE "$2" || true; } | head -n 1; }

# scratch: into a new folder in the cache, $tmp. It does not outlive this process, unless settled.
scratch() {
	tmp=$(mktemp -d "$cache/tmp.XXXXXX")
	cd "$tmp"
}

# settle DEST: what is in $tmp is whole.
settle() {
	cd "$cache"
	rm -rf "$1"
	chmod 755 "$tmp"
	mv "$tmp" "$1"
	tmp=''
}

# Fetch packages into the current folder. An old package list names versions the archive has
# already dropped, so a failure is worth one refresh where that is allowed.
download() {
	local opt=() p size

	for p; do
		size=$(field "$p" Size)
		say "downloading $p ($((${size:-0} / 1000000)) MB)"
	done
	# The cache is usually in a home that apt's own user may not enter.
	[ "$(id -u)" -ne 0 ] || opt=(-o APT::Sandbox::User=root)
	apt-get "${opt[@]}" -qq download "$@" && return
	[ "$(id -u)" -eq 0 ] || die "cannot download $* (a stale package list? try: sudo apt-get update)"
	say "refreshing the package lists and trying again"
	apt-get -qq update && apt-get "${opt[@]}" -qq download "$@"
}

# The headers packages point at each other by absolute path: /usr/src in one Makefile's include and
# in two symlinks. Made relative, the tree works wherever it lies.
relocate() {
	local krel=$1 common=$2

	sed -i "s,^include /usr/src/,include \$(dir \$(lastword \$(MAKEFILE_LIST)))../," \
		"usr/src/linux-headers-$krel/Makefile"
	! grep -q '/usr/src/' "usr/src/linux-headers-$krel/Makefile" ||
		die "the Makefile of linux-headers-$krel still points into /usr/src"
	ln -sfn "../../../usr/src/linux-headers-$krel" "lib/modules/$krel/build"
	ln -sfn "../../../usr/src/$common" "lib/modules/$krel/source"
}

# unpack_into DIR: all .deb of the current folder.
unpack_into() {
	local d

	for d in ./*.deb; do
		dpkg -x "$d" "$1"
		rm "$d"
	done
}

# fetch_kernel [headers-]SERIES[-FLAVOUR]
fetch_kernel() {
	local name=${1#headers-} what meta image krel version common kbuild compiler dest

	what=${1%"$name"}
	meta=$(meta_of "$name")
	image=$(depends "$meta" 'linux-image-[0-9][^ ,]*-amd64')
	if [ -z "$image" ]; then
		[ ! -e "$cache/$1/complete" ] || { say "apt does not know $meta: using the cached $1"; return; }
		die "apt does not know $meta: is this Debian 12 with its security archive? (apt-get update?)"
	fi
	krel=${image#linux-image-}
	[[ $krel == "${name%%-*}".* ]] || die "$meta is $krel here, not $name: this is not Debian 12"
	version=$(field "$image" Version)
	[ "$name" = "${name%%-*}" ] || version+=-${name#*-}
	dest=$cache/linux-$what$version
	if [ ! -e "$dest/complete" ]; then
		common=$(depends "linux-headers-$krel" 'linux-headers-[^ ,]*-common(-rt)?')
		kbuild=$(depends "linux-headers-$krel" 'linux-kbuild-[^ ,]*')
		compiler=$(depends "linux-headers-$krel" 'linux-compiler-[^ ,]*')
		scratch
		[ -z "$what" ] || image=''
		download ${image:+"$image"} "linux-headers-$krel" "$common" "$kbuild" ${compiler:+"$compiler"}
		say "unpacking linux $what$krel"
		unpack_into "$tmp"
		relocate "$krel" "$common"
		[ -z "$image" ] || depmod -b "$tmp" "$krel"
		printf 'KREL=%q\n' "$krel" >release
		touch complete
		settle "$dest"
		say "linux $what$krel is in $dest"
	fi
	ln -sfn "${dest##*/}" "$cache/$1"
}

# Of the kernel's source only what our tests run: the netlink spec tools and the style checkers.
fetch_source() {
	local pkg=linux-source-6.12 version dest wanted=(
		tools/net/ynl Documentation/netlink MAINTAINERS include/uapi/linux/{genetlink,netlink}.h
		scripts/{checkpatch.pl,spelling.txt,const_structs.checkpatch,kernel-doc,coccinelle}
	)

	version=$(field $pkg Version)
	if [ -z "$version" ]; then
		[ ! -e "$cache/source/complete" ] || { say "apt does not know $pkg: using the cached one"; return; }
		die "apt does not know $pkg"
	fi
	dest=$cache/source-$version
	# One that was unpacked when less was wanted is not complete any more.
	if [ "$(cat "$dest/complete" 2>/dev/null)" != "${wanted[*]}" ]; then
		scratch
		download $pkg
		say "unpacking the netlink tools of $pkg"
		dpkg --fsys-tarfile $pkg*.deb | tar -xO ./usr/src/$pkg.tar.xz | xz -dc -T0 |
			tar -x --strip-components=1 "${wanted[@]/#/$pkg/}"
		rm ./*.deb
		echo "${wanted[*]}" >complete
		settle "$dest"
		say "the netlink tools are in $dest"
	fi
	ln -sfn "source-$version" "$cache/source"
}

# The whole source of a series, without what an x86 guest and User-Mode Linux have no use for; the
# Kconfig files stay.
fetch_tree() {
	local pkg=linux-source-$1 version dest no=() dir

	version=$(field "$pkg" Version)
	if [ -z "$version" ]; then
		[ ! -e "$cache/source-$1/complete" ] || { say "apt does not know $pkg: using the cached one"; return; }
		die "apt does not know $pkg"
	fi
	dest=$cache/$pkg-$version
	if [ ! -e "$dest/complete" ] || [ ! -e "$dest/arch/um/kernel/process.c" ]; then
		scratch
		download "$pkg"
		say "unpacking $pkg"
		for dir in 'arch/[!Kux]*' drivers/{gpu,media,staging,infiniband,scsi,net/wireless,net/ethernet} sound; do
			no+=("--exclude=*/$dir/*.[chS]" "--exclude=*/$dir/*.dts*")
		done
		dpkg --fsys-tarfile "$pkg"*.deb | tar -xO "./usr/src/$pkg.tar.xz" | xz -dc -T0 |
			tar -x --strip-components=1 "${no[@]}" --exclude='*/Documentation/*.*' \
				--exclude='*/tools/testing/*' --exclude='*/tools/perf/*'
		rm ./*.deb
		touch complete
		settle "$dest"
		say "the source of linux $1 is in $dest"
	fi
	ln -sfn "$pkg-$version" "$cache/source-$1"
}

fetch() {
	local what

	command -v apt-get >/dev/null || die "needs apt-get: only Debian's kernels are known here"
	mkdir -p "$cache"
	exec 9>"$cache/.lock"
	flock -n 9 || { say "waiting for another fetch to end"; flock 9; }
	# Those of others may be in use: a build by debug_kernel.sh fetches too, without our lock.
	trap '[ -z "$tmp" ] || rm -rf "$tmp"' EXIT
	# Nobody has worked for a day on what a killed one has left.
	find "$cache" -maxdepth 1 -name 'tmp.??????' -mmin +1440 -exec rm -rf {} +
	for what; do
		case $what in
		source) fetch_source ;;
		source-6.1 | source-6.12) fetch_tree "${what#source-}" ;;
		# It takes the lock itself when it needs a source.
		debug-* | kcsan-* | uml-*) flock -u 9; "$here/debug_kernel.sh" build "$what"; flock 9 ;;
		*) fetch_kernel "$what" ;;
		esac
	done
}

# dir_of WHAT: where it is, absolute and free of symlinks, so that a running guest keeps its
# folder when a newer package arrives.
dir_of() {
	[ -e "$cache/$1/complete" ] || (fetch "$1") >&2
	readlink -f "$cache/$1"
}

env_of() {
	local dir KREL

	case $1 in debug-* | kcsan-* | uml-*) exec "$here/debug_kernel.sh" env "$1" ;; esac
	dir=$(dir_of "$1")
	# shellcheck source=/dev/null
	. "$dir/release"
	printf '%s=%q\n' KREL "$KREL" KDIR "$dir/usr/src/linux-headers-$KREL"
	[[ $1 == headers-* ]] ||
		printf '%s=%q\n' KIMAGE "$dir/boot/vmlinuz-$KREL" KMODULES "$dir/lib/modules/$KREL"
}

verb=${1:-help}
shift || true
case $verb in
fetch)
	[ $# -gt 0 ] || set -- 6.1 6.12 source
	fetch "$@"
	;;
dir | env)
	[ $# -eq 1 ] || die "usage: kernels.sh $verb 6.1|6.12$([ "$verb" = env ] || echo '|source')"
	"${verb}_of" "$1"
	;;
*) sed -n '3,17s/^# \?//p' "$0" ;;
esac
