/* SPDX-License-Identifier: GPL-2.0 */
/* Do not edit directly, auto-generated from:
 *	Documentation/netlink/specs/dsr.yaml
 * by tools/ynl/regen.sh
 */

#ifndef _DSR_CORE_REASON_GEN_H
#define _DSR_CORE_REASON_GEN_H

/* DSR_REASONS(X) - X(enum suffix, file name) for each reason, in order */
#define DSR_REASONS(X) \
	X(STEERED, steered) \
	X(NOT_HOST, not_host) \
	X(VLAN, vlan) \
	X(NOT_IP, not_ip) \
	X(NOT_VIP, not_vip) \
	X(MALFORMED, malformed) \
	X(FRAGMENT, fragment) \
	X(ICMP_ERROR, icmp_error) \
	X(ICMP, icmp) \
	X(PROTOCOL, protocol) \
	X(NO_SERVICE, no_service) \
	X(NO_REAL, no_real) \
	X(LOOP, loop) \
	X(LRO, lro) \
	X(TOO_BIG, too_big) \
	X(DEV_DOWN, dev_down) \
	X(NO_MEMORY, no_memory) \
	X(EGRESS_DROP, egress_drop) \
	X(ARP_IGNORED, arp_ignored) \
	X(ARP_REWRITTEN, arp_rewritten) \
	X(ARP_SUPPRESSED, arp_suppressed) \
	X(ND_IGNORED, nd_ignored) \
	X(ND_REWRITTEN, nd_rewritten) \
	X(ND_SUPPRESSED, nd_suppressed)

#endif /* _DSR_CORE_REASON_GEN_H */
