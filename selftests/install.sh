#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Proves what is said of installing, on a copy of the tree: `make install` puts three files where they
# belong and no more, and the installed dsrctl runs; `make modules_install` puts dsr.ko where depmod
# and so modprobe find it; the lines of dkms.conf, as dkms would run them, build and clean a module.
# Runs on the host, needs no module and no root.
#
# Environment: KDIR (headers to build for; default: the test bed's 6.12, else the running kernel's).
# Timeout: 600

# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/lib.sh"
top=$(readlink -f "$selftests/..")

# headers: sets KDIR; nothing is fetched for this.
headers() {
	local cache=${DSR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dsr}

	[ -z "${KDIR:-}" ] || return 0
	if [ -e "$cache/6.12/complete" ]; then
		eval "$("$selftests/vm/kernels.sh" env 6.12)"
	else
		KDIR=/lib/modules/$(uname -r)/build
	fi
	[ -e "$KDIR/Makefile" ]
}

# sources FROM TO: what a fresh clone has of it, as it is now.
sources() {
	mkdir -p "$2"
	(
		cd "$1" &&
		tar --exclude='*.o' --exclude='*.ko' --exclude='*.mod' --exclude='*.mod.c' --exclude='.*.cmd' \
			--exclude='*.d' --exclude=modules.order --exclude=Module.symvers --exclude=dsrctl/dsrctl \
			-c Makefile Kbuild dkms.conf dsr_mod tools
	) | tar -C "$2" -x
}

# files DIR: mode and path of everything in it that is no folder.
files() { (cd "$1" && find . ! -type d -printf '%m %P\n' | sort -k 2); }

# wanted PREFIX
wanted() {
	printf '755 %s\n' "$1/sbin/dsrctl"
	printf '644 %s\n' "$1/share/bash-completion/completions/dsrctl" "$1/share/man/man8/dsrctl.8"
}

# version: what dkms.conf says.
version() { sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' "$tree/dkms.conf"; }

# built FILE: it is a module for these headers.
built() {
	[ "$(modinfo -F name "$1")" = dsr ] || return
	[[ $(modinfo -F vermagic "$1") == "$krel "* ]]
}

# dkms LINE: a line of dkms.conf where dkms would run it.
dkms() (cd "$dkms_build" && eval "$1")

need make gcc pkg-config modinfo depmod tar
pkg-config --exists libmnl jansson || skip "needs the headers of libmnl and jansson"
headers || skip "no kernel headers in $KDIR"
# Not those of a make that runs us.
unset MAKEFLAGS MFLAGS MAKELEVEL
tree=$tmp/tree root=$tmp/root modules=$tmp/modules
krel=$(make -s -C "$KDIR" kernelrelease)
must sources "$top" "$tree"

check "make install" make -s -C "$tree" install DESTDIR="$root"
check_eq "three files, as they should be" "$(files "$root")" "$(wanted usr/local)"
check_eq "the installed dsrctl runs and is of dkms.conf's version" \
	"$("$root/usr/local/sbin/dsrctl" -V 2>&1)" "dsrctl $(version)"
check "make install PREFIX=/usr" make -s -C "$tree" install DESTDIR="$root.usr" PREFIX=/usr
check_eq "the same under another prefix" "$(files "$root.usr")" "$(wanted usr)"
check "uninstall" make -s -C "$tree/tools/dsrctl" uninstall DESTDIR="$root"
check_eq "nothing is left" "$(files "$root")" ""

check "make modules_install" make -s -j2 -C "$tree" modules_install INSTALL_MOD_PATH="$modules" KDIR="$KDIR"
check_eq "one module" "$(find "$modules" -name '*.ko*' | wc -l)" 1
check "depmod reads it" depmod -b "$modules" "$krel"
found=$(modinfo -b "$modules" -k "$krel" -n dsr 2>&1)
check "by name it is found in $(dirname "${found#"$modules"}")" built "$found"

# What dkms has set when it reads dkms.conf.
# shellcheck disable=SC2034 # for dkms.conf
kernel_source_dir=$KDIR dkms_tree=$tmp/dkms kernelver=$krel
# shellcheck source=dkms.conf
. "$tree/dkms.conf"
dkms_build=$dkms_tree/$PACKAGE_NAME/$PACKAGE_VERSION/build
must sources "$top" "$dkms_build"
before=$(files "$dkms_build")
check "MAKE of dkms.conf" dkms "${MAKE[0]}"
ko=$dkms_build/${BUILT_MODULE_LOCATION[0]}/${BUILT_MODULE_NAME[0]}.ko
check "its module is where BUILT_MODULE says" built "$ko"
check "dkms accepts where it goes to" grep -qE '^/(kernel|updates|extra)(/|$)' <<<"${DEST_MODULE_LOCATION[0]}"
check_eq "it is built for every new kernel" "$AUTOINSTALL" yes
check "CLEAN of dkms.conf" dkms "$CLEAN"
check_eq "leaves the sources, and nothing else" "$(files "$dkms_build")" "$before"
tap_done
