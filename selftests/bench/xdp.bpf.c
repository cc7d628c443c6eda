// SPDX-License-Identifier: GPL-2.0
/*
 * The least that a balancer written in BPF does for a packet, to stand beside
 * the module in the bench: parse, find the service, hash the client, take a row
 * of the table, write the MAC addresses, count, send back where it came from.
 * IPv4 and UDP alone, no check that the real is alive, jhash.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define ROWS	65537
#define REALS	3

struct vip {
	__be32 addr;
	__be16 port;
	__u16 proto;
};

struct real {
	__u8 mac[ETH_ALEN];
	__u16 pad;
};

struct count {
	__u64 packets;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct vip);
	__type(value, __u32);
} services SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, ROWS);
	__type(key, __u32);
	__type(value, __u32);
} rows SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct real);
} reals SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct count);
} counts SEC(".maps");

static __always_inline __u32 rol(__u32 word, int by)
{
	return word << by | word >> (32 - by);
}

/* The end of jhash_3words(). */
static __always_inline __u32 jhash(__u32 a, __u32 b, __u32 c)
{
	a += 0xdeadbeef + 12;
	b += 0xdeadbeef + 12;
	c += 0xdeadbeef + 12;
	c = (c ^ b) - rol(b, 14);
	a = (a ^ c) - rol(c, 11);
	b = (b ^ a) - rol(a, 25);
	c = (c ^ b) - rol(b, 16);
	a = (a ^ c) - rol(c, 4);
	b = (b ^ a) - rol(a, 14);
	return (c ^ b) - rol(b, 24);
}

SEC("xdp")
int steer(struct xdp_md *xdp)
{
	void *end = (void *)(long)xdp->data_end;
	struct ethhdr *eth = (void *)(long)xdp->data;
	struct iphdr *ip = (void *)(eth + 1);
	struct udphdr *udp = (void *)(ip + 1);
	__u32 hash, row, *service, *real;
	struct count *count;
	struct vip vip = {};
	struct real *to;

	if ((void *)(udp + 1) > end || eth->h_proto != bpf_htons(ETH_P_IP) || ip->ihl != 5 ||
	    ip->frag_off & bpf_htons(0x3fff) || ip->protocol != IPPROTO_UDP)
		return XDP_PASS;
	vip.addr = ip->daddr;
	vip.port = udp->dest;
	vip.proto = ip->protocol;
	service = bpf_map_lookup_elem(&services, &vip);
	if (!service)
		return XDP_PASS;
	hash = jhash(ip->saddr, (__u32)udp->source << 16 | udp->dest, *service);
	row = ((__u64)hash * ROWS) >> 32;
	real = bpf_map_lookup_elem(&rows, &row);
	if (!real)
		return XDP_PASS;
	to = bpf_map_lookup_elem(&reals, real);
	count = bpf_map_lookup_elem(&counts, real);
	if (!to || !count)
		return XDP_PASS;
	count->packets++;
	count->bytes += end - (void *)ip;
	__builtin_memcpy(eth->h_source, eth->h_dest, ETH_ALEN);
	__builtin_memcpy(eth->h_dest, to->mac, ETH_ALEN);
	return XDP_TX;
}

SEC("xdp")
int drop(struct xdp_md *xdp)
{
	return XDP_DROP;
}

static long fill_row(__u32 i, void *context)
{
	__u32 real = i % REALS;

	bpf_map_update_elem(&rows, &i, &real, BPF_ANY);
	return 0;
}

static long fill_real(__u32 i, void *context)
{
	struct real real = { { 2, 0, 0, 1, 0, i } };

	bpf_map_update_elem(&reals, &i, &real, BPF_ANY);
	return 0;
}

/* One service, 10.0.9.9:80/udp, with its reals; run once, by bpftool. */
SEC("xdp")
int fill(struct xdp_md *xdp)
{
	struct vip vip = { bpf_htonl(0x0a000909), bpf_htons(80), IPPROTO_UDP };
	__u32 zero = 0;

	bpf_map_update_elem(&services, &vip, &zero, BPF_ANY);
	bpf_loop(REALS, fill_real, 0, 0);
	bpf_loop(ROWS, fill_row, 0, 0);
	return XDP_PASS;
}

char _license[] SEC("license") = "GPL";
