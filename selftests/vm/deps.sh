#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Installs what building, testing and the demo need and a fresh Debian 12 lacks; says first what.
# DEPS=no leaves the machine as it is. `deps.sh list` prints the packages and does nothing;
# `deps.sh kernel` is also about what building a whole kernel needs; `lint`, `bench`: about theirs.
set -euo pipefail

packages=(
	# building the module: Debian's headers come to our own cache, but not what their tools link to
	gcc gcc-12 libc6-dev make kmod sparse libelf1 libssl3 zlib1g pahole
	# building dsrctl
	libmnl-dev libjansson-dev pkg-config mandoc
	# the guest
	qemu-system-x86 busybox-static cpio xz-utils
	# the tests and the demo
	git bash iproute2 ethtool nftables tcpdump iperf3 nginx-light wrk curl iputils-ping procps
	python3 python3-yaml python3-jsonschema python3-docutils perl shellcheck
	# the fuzzers
	python3-scapy clang-14 libclang-rt-14-dev
)
# what `make lint` asks besides
[ "${1:-}" != lint ] || packages+=(coccinelle groff pylint yamllint binutils)
# and what `make bench` sets beside us
[ "${1:-}" != bench ] || packages+=(clang libbpf-dev bpftool ipvsadm binutils)

say() { echo "deps: $*"; }
[ "${1:-}" != kernel ] || packages+=(flex bison bc libelf-dev)

[ "${1:-}" != list ] || { printf '%s\n' "${packages[@]}"; exit; }
if [ "${DEPS:-}" = no ]; then
	say "DEPS=no: nothing is installed"
	exit
fi
command -v dpkg-query >/dev/null || { say "not a Debian system: install the like of: ${packages[*]}"; exit 1; }

missing=()
for p in "${packages[@]}"; do
	# shellcheck disable=SC2016 # dpkg's own variable
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
done
if [ ${#missing[@]} -eq 0 ]; then
	say "nothing is missing"
	exit
fi
say "this machine lacks, and apt will install: ${missing[*]}"
say "(DEPS=no skips this)"

as_root=()
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || {
		say "cannot install as $(id -un) without sudo; as root: apt-get install --no-install-recommends ${missing[*]}"
		exit 1
	}
	as_root=(sudo)
fi

# nginx is wanted as a program. Debian would start it as a service, on this machine's port 80.
policy=/usr/sbin/policy-rc.d
placed=''
unplace() { [ -z "$placed" ] || "${as_root[@]}" rm -f $policy; }
trap unplace EXIT
if [[ " ${missing[*]} " == *' nginx-light '* ]] && [ ! -e $policy ]; then
	say "nginx is not going to be started nor enabled as a service"
	placed=yes
	printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
	"${as_root[@]}" chmod 755 $policy
fi

"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
	apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}"
if [ -n "$placed" ] && command -v systemctl >/dev/null; then
	"${as_root[@]}" systemctl disable nginx.service >/dev/null 2>&1 || true
fi
say "installed"
