// SPDX-License-Identifier: GPL-2.0
/*
 * Builds one frame from a recipe: ARP, NDP, UDP, TCP and echo over IPv4 and IPv6, right by default,
 * and wrong in exactly the field a test asks for. Knows no sockets.
 */
#include <arpa/inet.h>
#include <string.h>

#include "frame.h"

static void put(struct bytes *b, const void *data, size_t len)
{
	if (b->len + len > sizeof(b->data))
		die("the frame gets longer than %zu bytes", sizeof(b->data));
	memcpy(b->data + b->len, data, len);
	b->len += len;
}

static void put8(struct bytes *b, int v)
{
	uint8_t byte = v;

	put(b, &byte, 1);
}

static void put16(struct bytes *b, int v)
{
	put8(b, v >> 8);
	put8(b, v);
}

static void put32(struct bytes *b, uint32_t v)
{
	put16(b, v >> 16);
	put16(b, v & 0xffff);
}

static void set16(struct bytes *b, size_t at, int v)
{
	b->data[at] = v >> 8;
	b->data[at + 1] = v;
}

static uint32_t sum_bytes(uint32_t sum, const uint8_t *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? p[i] : p[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static int or_else(int given, int right)
{
	return given < 0 ? right : given;
}

/* The sum over the pseudo header and everything from l4 on. */
static int l4_sum(const struct recipe *r, const struct bytes *b, size_t l4, int proto)
{
	size_t alen = r->src_family == AF_INET ? 4 : 16;
	uint32_t sum;

	sum = sum_bytes(0, r->src, alen);
	sum = sum_bytes(sum, r->dst, alen);
	sum += (b->len - l4) + proto;
	return ~sum_bytes(sum, b->data + l4, b->len - l4) & 0xffff;
}

void recipe_init(struct recipe *r)
{
	static const struct bytes empty;

	memset(r, 0, sizeof(*r));
	r->payload = &empty;
	mac_parse(r->smac, "02:00:00:00:00:fe");
	r->sport = 12345;
	r->dport = 80;
	r->ttl = 64;
	r->flags = 0x02;
	r->window = 65535;
	r->seq = 1;
	r->id = 1;
	r->echo_id = 1;
	r->echo_seq = 1;
	r->op = -1;
	r->version = -1;
	r->ihl = -1;
	r->total = -1;
	r->proto = -1;
	r->sum = -1;
	r->l4sum = -1;
	r->l4len = -1;
	r->doff = -1;
	r->truncate = -1;
}

int recipe_kind(const char *word)
{
	static const char * const kinds[] = {
		"udp4", "udp6", "tcp4", "tcp6", "echo4", "echo6", "ip4", "ip6",
		"arp", "rarp", "ns", "na",
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(word, kinds[i]))
			return 1;
	return 0;
}

static void build_ethernet(const struct recipe *r, struct bytes *b, const uint8_t *dmac, int type)
{
	int i;

	put(b, r->has_dmac ? r->dmac : dmac, 6);
	put(b, r->smac, 6);
	for (i = 0; i < r->vlans; i++) {
		put16(b, r->vlan[i].tpid);
		put16(b, r->vlan[i].tci);
	}
	put16(b, type);
}

static void build_arp(const struct recipe *r, struct bytes *b)
{
	static const uint8_t none[16], broadcast[6] = { 255, 255, 255, 255, 255, 255 };
	int rarp = !strcmp(r->kind, "rarp");
	const char *kind = r->arp_kind ? r->arp_kind : "broadcast";
	const uint8_t *spa = r->src;
	int op = rarp ? 3 : 1;

	if (!r->target_family && !rarp)
		die("arp needs --target: the address it is about");
	if (!strcmp(kind, "unicast")) {
		if (!r->has_dmac)
			die("a unicast request needs --dmac");
	} else if (!strcmp(kind, "probe")) {
		spa = none;
	} else if (!strcmp(kind, "garp") || !strcmp(kind, "garp-reply")) {
		spa = r->target;
		op = strcmp(kind, "garp") ? 2 : 1;
	} else if (!strcmp(kind, "reply")) {
		op = 2;
	} else if (strcmp(kind, "broadcast")) {
		die("arp --as is broadcast, unicast, probe, garp, garp-reply or reply, not '%s'",
		    kind);
	}
	build_ethernet(r, b, broadcast, rarp ? 0x8035 : 0x0806);
	put16(b, 1);
	put16(b, 0x0800);
	put8(b, 6);
	put8(b, 4);
	put16(b, or_else(r->op, op));
	put(b, r->has_sha ? r->sha : r->smac, 6);
	put(b, spa, 4);
	put(b, r->has_tha ? r->tha : none, 6);
	put(b, r->target, 4);
}

static size_t build_ip(const struct recipe *r, struct bytes *b, int v6, int proto)
{
	static const uint8_t next_hop[6] = { 0x02, 0, 0, 0, 0, 0xff };
	size_t at;

	if (r->src_family != (v6 ? AF_INET6 : AF_INET) || r->dst_family != r->src_family)
		die("%s needs --src and --dst, both IPv%d", r->kind, v6 ? 6 : 4);
	build_ethernet(r, b, next_hop, v6 ? 0x86dd : 0x0800);
	at = b->len;
	if (v6) {
		put32(b, (uint32_t)or_else(r->version, 6) << 28 | r->tos << 20);
		put16(b, 0);
		put8(b, or_else(r->proto, r->frag_off || r->frag_more ? 44 : proto));
		put8(b, r->ttl);
		put(b, r->src, 16);
		put(b, r->dst, 16);
		if (r->frag_off || r->frag_more) {
			put8(b, proto);
			put8(b, 0);
			put16(b, r->frag_off << 3 | !!r->frag_more);
			put32(b, r->id);
		}
		return at;
	}
	put8(b, or_else(r->version, 4) << 4 | or_else(r->ihl, 5));
	put8(b, r->tos);
	put16(b, 0);
	put16(b, r->id);
	put16(b, !!r->dont_frag << 14 | !!r->frag_more << 13 | r->frag_off);
	put8(b, r->ttl);
	put8(b, or_else(r->proto, proto));
	put16(b, 0);
	put(b, r->src, 4);
	put(b, r->dst, 4);
	/* A larger header really has the options it speaks of, if the frame is not cut short. */
	while (r->ihl > 5 && b->len < at + r->ihl * 4)
		put8(b, 1);
	return at;
}

/* The lengths and sums that are known only when all is there. */
static void finish_ip(const struct recipe *r, struct bytes *b, size_t at, int v6)
{
	size_t hlen = r->ihl > 5 ? r->ihl * 4 : 20;

	if (v6) {
		set16(b, at + 4, or_else(r->total, b->len - at - 40));
		return;
	}
	set16(b, at + 2, or_else(r->total, b->len - at));
	set16(b, at + 10, or_else(r->sum, ~sum_bytes(0, b->data + at, hlen) & 0xffff));
}

static void build_udp(const struct recipe *r, struct bytes *b, int v6)
{
	size_t at = build_ip(r, b, v6, 17), l4 = b->len;
	int sum;

	put16(b, r->sport);
	put16(b, r->dport);
	put16(b, or_else(r->l4len, 8 + r->payload->len));
	put16(b, 0);
	put(b, r->payload->data, r->payload->len);
	sum = l4_sum(r, b, l4, 17);
	set16(b, l4 + 6, or_else(r->l4sum, sum ? sum : 0xffff));
	finish_ip(r, b, at, v6);
}

static void build_tcp(const struct recipe *r, struct bytes *b, int v6)
{
	size_t at = build_ip(r, b, v6, 6), l4 = b->len;

	put16(b, r->sport);
	put16(b, r->dport);
	put32(b, r->seq);
	put32(b, r->ack);
	put8(b, or_else(r->doff, 5) << 4);
	put8(b, r->flags);
	put16(b, r->window);
	put32(b, 0);
	put(b, r->payload->data, r->payload->len);
	set16(b, l4 + 16, or_else(r->l4sum, l4_sum(r, b, l4, 6)));
	finish_ip(r, b, at, v6);
}

static void build_echo(const struct recipe *r, struct bytes *b, int v6)
{
	int proto = v6 ? 58 : 1;
	size_t at = build_ip(r, b, v6, proto), l4 = b->len;
	int sum;

	put16(b, v6 ? 128 << 8 : 8 << 8);
	put16(b, 0);
	put16(b, r->echo_id);
	put16(b, r->echo_seq);
	put(b, r->payload->data, r->payload->len);
	sum = v6 ? l4_sum(r, b, l4, proto) :
		   (int)(~sum_bytes(0, b->data + l4, b->len - l4) & 0xffff);
	set16(b, l4 + 2, or_else(r->l4sum, sum));
	finish_ip(r, b, at, v6);
}

static void build_bare_ip(const struct recipe *r, struct bytes *b, int v6)
{
	size_t at = build_ip(r, b, v6, 253);

	put(b, r->payload->data, r->payload->len);
	finish_ip(r, b, at, v6);
}

/* NS: to the target's solicited-node group unless told; from :: it is a duplicate address probe. */
static void build_nd(const struct recipe *given, struct bytes *b, int na)
{
	static const uint8_t unspecified[16];
	struct recipe r = *given;
	size_t at, l4;

	if (r.target_family != AF_INET6)
		die("%s needs --target, an IPv6 address", r.kind);
	if (!r.src_family)
		r.src_family = AF_INET6;	/* left as :: */
	if (!r.dst_family) {
		r.dst_family = AF_INET6;
		inet_pton(AF_INET6, na ? "ff02::1" : "ff02::1:ff00:0", r.dst);
		if (!na)
			memcpy(r.dst + 13, r.target + 13, 3);
	}
	if (!r.has_dmac && r.dst[0] == 0xff) {
		r.has_dmac = 1;
		r.dmac[0] = 0x33;
		r.dmac[1] = 0x33;
		memcpy(r.dmac + 2, r.dst + 12, 4);
	}
	if (given->ttl == 64)
		r.ttl = 255;
	at = build_ip(&r, b, 1, 58);
	l4 = b->len;
	put16(b, (na ? 136 : 135) << 8);
	put16(b, 0);
	/* Override and, towards one asker, solicited: what an ordinary host sends. */
	put32(b, na ? (uint32_t)or_else(r.op, r.dst[0] == 0xff ? 1 : 3) << 29 : 0);
	put(b, r.target, 16);
	if (na || memcmp(r.src, unspecified, 16)) {
		put8(b, na ? 2 : 1);
		put8(b, 1);
		put(b, r.has_sha ? r.sha : r.smac, 6);
	}
	set16(b, l4 + 2, or_else(r.l4sum, l4_sum(&r, b, l4, 58)));
	finish_ip(&r, b, at, 1);
}

void recipe_build(const struct recipe *r, struct bytes *b)
{
	int v6 = r->kind[strlen(r->kind) - 1] == '6';

	b->len = 0;
	if (!strncmp(r->kind, "udp", 3))
		build_udp(r, b, v6);
	else if (!strncmp(r->kind, "tcp", 3))
		build_tcp(r, b, v6);
	else if (!strncmp(r->kind, "echo", 4))
		build_echo(r, b, v6);
	else if (!strncmp(r->kind, "ip", 2))
		build_bare_ip(r, b, v6);
	else if (!strcmp(r->kind, "ns") || !strcmp(r->kind, "na"))
		build_nd(r, b, !strcmp(r->kind, "na"));
	else
		build_arp(r, b);
	while (r->pad && b->len < 60)
		put8(b, 0);
	if (r->truncate >= 0 && (size_t)r->truncate < b->len)
		b->len = r->truncate;
}
