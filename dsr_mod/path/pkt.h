/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The three steps of one packet, in softirq: parse, steer, rewrite.
 */
#ifndef _DSR_PATH_PKT_H
#define _DSR_PATH_PKT_H

#include <linux/skbuff.h>

#include "core/service.h"

/**
 * struct dsr_pkt - what the steps tell each other; lives on the stack
 * @service: the service it is for
 * @real: who gets it
 * @fwd: how to send it
 * @client: source address as three words to hash, the last holding the ports;
 *	IPv4 uses the last alone
 * @v6: whether @client has an IPv6 address
 *
 * Nothing in it points into the packet, so nothing goes stale when the packet
 * is copied or moved.
 */
struct dsr_pkt {
	const struct dsr_service *service;
	const struct dsr_real *real;
	const struct dsr_fwd *fwd;
	u64 client[3];
	bool v6;
};

enum dsr_reason dsr_parse(struct dsr_pkt *pkt, const struct sk_buff *skb,
			  const struct dsr_map *map);
enum dsr_reason dsr_send(const struct dsr_pkt *pkt, struct sk_buff *skb);

#endif /* _DSR_PATH_PKT_H */
