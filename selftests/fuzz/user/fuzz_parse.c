// SPDX-License-Identifier: GPL-2.0
/* fuzz: dsr_mod/path/parse.c -include kernel_shim.h */
/*
 * The parser of packets against a reading that knows nothing of pieces: all bytes in a row, one
 * header after the other, as the RFCs draw them.
 */
#include "fuzz.h"
#include "path/parse.h"

static struct dsr_map map;
static struct dsr_front front4 = { .salt = 1 }, front6 = { .salt = 2 };
static const uint16_t known_ports[] = { 80, 443 };

static const uint8_t vip4[4] = { 198, 51, 100, 1 };
static const uint8_t vip6[16] = { 0x20, 1, 0xd, 0xb8, [15] = 1 };

static void add_services(struct dsr_front *front, struct dsr_service *service)
{
	unsigned int i;

	for (i = 0; i < 4; i++, service++) {
		service->front = front;
		service->port_proto = dsr_port_proto(known_ports[i / 2], i % 2 ? 17 : 6);
		hlist_add_head_rcu(&service->node,
				   &map.service[dsr_service_hash(front, service->port_proto)]);
	}
}

static struct dsr_service services[8];

static void configure(void)
{
	if (services[0].front)
		return;
	memset(&front4.addr.s6_addr[10], 0xff, 2);
	memcpy(&front4.addr.s6_addr[12], vip4, 4);
	memcpy(&front6.addr, vip6, 16);
	hlist_add_head_rcu(&front4.node, &map.front4[dsr_addr_hash(&front4.addr)]);
	hlist_add_head_rcu(&front6.node, &map.front6[dsr_addr_hash(&front6.addr)]);
	add_services(&front4, services);
	add_services(&front6, services + 4);
}

/* --- a plain reading ------------------------------------------------------------------------ */

struct reading {
	enum dsr_reason reason;
	const struct dsr_service *service;
	uint8_t flow[18];
	unsigned int flow_len;
};

static unsigned int be16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

static enum dsr_reason read_l4(struct reading *r, unsigned int proto, const uint8_t *p, long left,
			       bool v6)
{
	unsigned int i;

	if (proto == 1)
		return left > 0 && (p[0] == 3 || p[0] == 4 || p[0] == 5 || p[0] == 11 ||
				    p[0] == 12) ? DSR_REASON_ICMP_ERROR : DSR_REASON_ICMP;
	if (proto == 58)
		return left > 0 && p[0] >= 1 && p[0] <= 4 ? DSR_REASON_ICMP_ERROR :
							    DSR_REASON_ICMP;
	if (proto != 6 && proto != 17)
		return DSR_REASON_PROTOCOL;
	if (left < (proto == 6 ? 20 : 8))
		return DSR_REASON_MALFORMED;
	for (i = 0; i < 2; i++)
		if (be16(p + 2) == known_ports[i])
			r->service = &services[(v6 ? 4 : 0) + 2 * i + (proto == 17)];
	memcpy(r->flow + r->flow_len, p, 2);
	r->flow_len += 2;
	return r->service ? DSR_REASON_STEERED : DSR_REASON_NO_SERVICE;
}

static enum dsr_reason read4(struct reading *r, const uint8_t *p, long len, bool gso)
{
	unsigned int head, total;

	if (len < 20)
		return DSR_REASON_MALFORMED;
	if (memcmp(p + 16, vip4, 4))
		return DSR_REASON_NOT_VIP;
	head = (p[0] & 15) * 4;
	total = be16(p + 2);
	if (!total && gso)
		total = len;
	if (p[0] >> 4 != 4 || head < 20 || total < head || total > len)
		return DSR_REASON_MALFORMED;
	if (be16(p + 6) & 0x3fff)
		return DSR_REASON_FRAGMENT;
	memcpy(r->flow, p + 12, 4);
	r->flow_len = 4;
	return read_l4(r, p[9], p + head, total - head, false);
}

static enum dsr_reason read6(struct reading *r, const uint8_t *p, long len, bool gso)
{
	unsigned int kind;
	long left, n;

	if (len < 40)
		return DSR_REASON_MALFORMED;
	if (memcmp(p + 24, vip6, 16))
		return DSR_REASON_NOT_VIP;
	left = be16(p + 4);
	if (!left && gso)
		left = len - 40;
	if (p[0] >> 4 != 6 || left > len - 40)
		return DSR_REASON_MALFORMED;
	memcpy(r->flow, p + 8, 16);
	r->flow_len = 16;
	kind = p[6];
	p += 40;
	while (kind == 0 || kind == 43 || kind == 44 || kind == 51 || kind == 60) {
		if (left < 8)
			return DSR_REASON_MALFORMED;
		if (kind == 44 && (be16(p + 2) & 0xfff9))
			return DSR_REASON_FRAGMENT;
		n = kind == 44 ? 8 : kind == 51 ? (p[1] + 2) * 4 : (p[1] + 1) * 8;
		if (n > left)
			return DSR_REASON_MALFORMED;
		kind = p[0];
		p += n;
		left -= n;
	}
	return read_l4(r, kind, p, left, true);
}

/* --- the parser as the hook calls it -------------------------------------------------------- */

static enum dsr_reason parse4(struct dsr_pkt *pkt, const struct sk_buff *skb)
{
	const struct dsr_front *front;
	struct iphdr ip;

	if (skb_copy_bits(skb, 0, &ip, sizeof(ip)))
		return DSR_REASON_MALFORMED;
	front = dsr_front_find4(&map, ip.daddr);
	return front ? dsr_parse4(pkt, skb, &map, front, &ip) : DSR_REASON_NOT_VIP;
}

static enum dsr_reason parse6(struct dsr_pkt *pkt, const struct sk_buff *skb)
{
	const struct dsr_front *front;
	struct ipv6hdr ip;

	if (skb_copy_bits(skb, 0, &ip, sizeof(ip)))
		return DSR_REASON_MALFORMED;
	front = dsr_front_find6(&map, &ip.daddr);
	return front ? dsr_parse6(pkt, skb, &map, front, &ip) : DSR_REASON_NOT_VIP;
}

static void compare(const struct reading *r, const struct dsr_pkt *pkt)
{
	uint8_t flow[24] = {}, want[24] = {};

	must(pkt->service == r->service);
	memcpy(flow, pkt->flow, r->flow_len == 6 ? 8 : 24);
	memcpy(want, r->flow, r->flow_len);
	want[r->flow_len == 6 ? 7 : 23] = r->flow_len;
	must(!memcmp(flow, want, sizeof(flow)));
}

static uint8_t *piece(const uint8_t *data, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	must(copy);
	memcpy(copy, data, len);
	return copy;
}

static void one_packet(uint8_t *packet, size_t len, size_t head, bool v6, bool gso)
{
	struct sk_buff skb = { .len = len, .data_len = len - head, .gso = gso };
	struct reading r = {};
	struct dsr_pkt pkt = {};
	enum dsr_reason reason;

	skb.data = piece(packet, head);
	skb.rest = piece(packet + head, len - head);
	reason = v6 ? parse6(&pkt, &skb) : parse4(&pkt, &skb);
	r.reason = v6 ? read6(&r, packet, len, gso) : read4(&r, packet, len, gso);
	must(reason == r.reason);
	if (reason == DSR_REASON_STEERED)
		compare(&r, &pkt);
	free((void *)skb.data);
	free((void *)skb.rest);
}

static void one_link(struct input *in)
{
	struct sk_buff skb = {
		.pkt_type = take(in, 1) % 5, .vlan = take(in, 1) & 1, .vlan_tci = take(in, 2),
	};
	enum dsr_reason want = skb.pkt_type != PACKET_HOST ? DSR_REASON_NOT_HOST :
			       skb.vlan && skb.vlan_tci % 4096 ? DSR_REASON_VLAN :
								 DSR_REASON_STEERED;

	must(dsr_parse_link(&skb) == want);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	unsigned int how = take(&in, 1), at = take(&in, 1);
	uint8_t packet[512];
	size_t len, head;

	configure();
	one_link(&in);
	len = in.left < sizeof(packet) ? in.left : sizeof(packet);
	memcpy(packet, in.data, len);
	/* To a VIP, else hardly any would be. */
	if (how & 4 && len >= 20 && !(how & 1))
		memcpy(packet + 16, vip4, 4);
	if (how & 4 && len >= 40 && how & 1)
		memcpy(packet + 24, vip6, 16);
	head = at < len ? at : len;
	one_packet(packet, len, head, how & 1, how & 2);
	return 0;
}
