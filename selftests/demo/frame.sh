# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# One frame before and after the balancer, byte beside byte.

# frame_of FILE: the first frame of a capture as hex words (the pcap headers take 24 + 16 bytes).
frame_of() { od -An -v -tx1 -w1 -j40 "$1" | tr -d ' ' | tr '\n' ' '; }

# differences A B: the offsets at which two frames differ.
differences() {
	local -a a b
	local i

	read -ra a <<<"$1"
	read -ra b <<<"$2"
	[ ${#a[@]} -eq ${#b[@]} ] || echo "length ${#a[@]} and ${#b[@]}"
	for ((i = 0; i < ${#a[@]} && i < ${#b[@]}; i++)); do
		[ "${a[i]}" = "${b[i]}" ] || echo "$i"
	done
}

# side_by_side A B: twelve bytes a row, so the first row is the two MAC addresses.
side_by_side() {
	local -a a b
	local i row mark

	read -ra a <<<"$1"
	read -ra b <<<"$2"
	for ((row = 0; row < ${#a[@]}; row += 12)); do
		printf '  %3d  %-35s | %s\n' $row "${a[*]:row:12}" "${b[*]:row:12}"
		mark=
		for ((i = row; i < row + 12; i++)); do
			[ "${a[i]-}" = "${b[i]-}" ] && mark+='   ' || mark+='^^ '
		done
		[ -z "${mark// }" ] || printf '       %-35.35s | %s\n' "$mark" "${mark%"${mark##*^}"}"
	done
}
