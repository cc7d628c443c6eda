// SPDX-License-Identifier: GPL-2.0
/*
 * Packets for the services and VIPs that the requests are about, so that whatever is taken away
 * is in use. No checksums: nobody but the real would look at them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <string.h>
#include <sys/socket.h>

#include "nl.h"
#include "wire.h"

#define MAX_FRAME	128

static const uint8_t to_lb[12] = { 2, 0, 0, 0, 0, 0x10, 2, 0, 0, 0, 0, 1 };

void traffic_open(struct traffic *t, const char *dev)
{
	t->sock = wire_packet(dev);
	t->sent = 0;
}

static unsigned int ports(uint8_t *to, struct rng *r, uint8_t proto, uint16_t dport)
{
	unsigned int len = proto == IPPROTO_TCP ? 20 : 8;

	memset(to, 0, len);
	to[0] = rng_next(r);
	to[1] = rng_next(r);
	to[2] = dport >> 8;
	to[3] = dport;
	if (proto == IPPROTO_TCP)
		memcpy(to + 12, "\x50\x02", 2);
	else
		to[5] = len;
	return len;
}

static unsigned int frame4(uint8_t *f, struct rng *r, uint32_t daddr, uint8_t proto, uint16_t dport)
{
	static const uint8_t head[] = { 0x45, 0, 0, 0, 0, 1, 0, 0, 64, 0, 0, 0, 192, 0, 2, 200 };
	unsigned int len;

	memcpy(f, to_lb, sizeof(to_lb));
	memcpy(f + 12, "\x08\0", 2);
	memcpy(f + 14, head, sizeof(head));
	f[23] = proto;
	daddr = htonl(daddr);
	memcpy(f + 30, &daddr, 4);
	len = 20 + ports(f + 34, r, proto, dport);
	f[17] = len;
	return 14 + len;
}

static unsigned int frame6(uint8_t *f, struct rng *r, uint16_t net, uint8_t host, uint8_t proto,
			   uint16_t dport)
{
	static const uint8_t prefix[] = { 0x20, 0x01, 0x0d, 0xb8 };
	unsigned int len = ports(f + 54, r, proto, dport);

	memcpy(f, to_lb, sizeof(to_lb));
	memcpy(f + 12, "\x86\xdd\x60\0\0\0\0", 7);
	f[19] = len;
	f[20] = proto;
	f[21] = 64;
	memset(f + 22, 0, 32);
	memcpy(f + 22, prefix, 4);
	f[37] = 200;
	memcpy(f + 38, prefix, 4);
	f[43] = net;
	f[53] = host;
	return 54 + len;
}

/* Who has a VIP of the backend side? */
static unsigned int request(uint8_t *f, struct rng *r)
{
	static const uint8_t head[] = { 8, 6, 0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1,
					192, 0, 2, 200, 0, 0, 0, 0, 0, 0, 203, 0, 113 };

	memset(f, 0xff, 6);
	memcpy(f + 6, to_lb + 6, 6);
	memcpy(f + 12, head, sizeof(head));
	f[41] = 1 + rng_below(r, 4);
	return 42;
}

static unsigned int any_frame(uint8_t *f, struct rng *r)
{
	uint16_t dport = rng_one_in(r, 16) ? 7 : rng_one_in(r, 2) ? 80 : 443;
	uint8_t proto = rng_one_in(r, 2) ? IPPROTO_TCP : IPPROTO_UDP;
	uint8_t host = 1 + rng_below(r, 2);

	if (rng_one_in(r, 16))
		return request(f, r);
	if (rng_one_in(r, 3))
		return frame6(f, r, 1, host, proto, dport);
	return frame4(f, r, 0xc6336400 + host, proto, dport);
}

static void burst(struct traffic *t, struct rng *r, unsigned int n, bool calm)
{
	uint8_t frame[16][MAX_FRAME];
	struct mmsghdr msgs[16] = {};
	struct iovec iov[16];
	unsigned int i;
	int done;

	for (i = 0; i < n && i < 16; i++) {
		iov[i].iov_base = frame[i];
		iov[i].iov_len = calm ? frame4(frame[i], r, 0xc6336401, IPPROTO_UDP, 80) :
					any_frame(frame[i], r);
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	done = sendmmsg(t->sock, msgs, i, 0);
	if (done < 0)
		die("sending frames");
	t->sent += done;
}

/* Up to 16 frames of every kind. */
void traffic_burst(struct traffic *t, struct rng *r, unsigned int n)
{
	burst(t, r, n, false);
}

/* Up to 16 frames that one service, which nobody changes, has to steer, all of them. */
void traffic_calm(struct traffic *t, struct rng *r, unsigned int n)
{
	burst(t, r, n, true);
}
