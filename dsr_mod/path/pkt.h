/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the three steps of one packet tell each other: parse, steer, rewrite.
 * The steps are inline, each in its header, because role/balancer.c makes one
 * function of them for each family: calls and what is handed over in memory
 * were a sixth of all that a packet took.
 */
#ifndef _DSR_PATH_PKT_H
#define _DSR_PATH_PKT_H

#include <linux/skbuff.h>

#include "core/service.h"

/**
 * struct dsr_pkt - what is known of a packet
 * @service: the service it is for
 * @real: who gets it
 * @fwd: how to send it
 * @flow: what tells its flow from others of the service, of dsr_flow4() or
 *	dsr_flow6()
 *
 * Nothing in it points into the packet, so nothing goes stale when the packet
 * is copied or moved.
 */
struct dsr_pkt {
	const struct dsr_service *service;
	const struct dsr_real *real;
	const struct dsr_fwd *fwd;
	u64 flow[DSR_FLOW6_WORDS];
};

#endif /* _DSR_PATH_PKT_H */
