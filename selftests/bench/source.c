// SPDX-License-Identifier: GPL-2.0
/*
 * source -i DEV -n COUNT [-f FLOWS] [-d ADDR] [-p PORT] [-m MAC] [-s SERVICES] [-abt]: sends UDP
 * frames by a packet socket; prints how many nanoseconds each took and how many were sent. IPv4 or
 * IPv6, as ADDR is. With -t it looks at the clock after every call and prints the median too: on a
 * machine that others use, a call that was made to wait is an outlier.
 *
 * Not pktgen, because that keeps a reference on what it sends (before 6.3 always): a path that
 * writes to a packet must then copy it, which no packet from a network card asks for. What the
 * system call costs is the same for all paths and taken off with the rest of the way there.
 *
 * Flows are FLOWS / 250 ports of 250 addresses. With -s packets are for SERVICES services, four
 * ports each from -p on, at the addresses from -d on; each has FLOWS of its own. Flows and services
 * are drawn at random; with -a all come in turn. With -b they are bad (checksum of IPv4, source of
 * IPv6), so that IP drops them before anything else: looking for a route costs now more, now less.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ether.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"

#define BATCH_MAX	256

struct frame {
	struct ether_header eth;
	union {
		struct {
			struct iphdr ip;
			struct udphdr udp;
		} v4;
		struct {
			struct ip6_hdr ip;
			struct udphdr udp;
		} v6;
		uint8_t room[66];
	};
} __attribute__((packed));

static struct frame frames[BATCH_MAX];
static unsigned int batch = 64;
static unsigned long flows = 1000, services;
static uint32_t first;
static uint16_t port = 80;
static bool v6, bad, in_turn, timed;

/* Repeatable, and fewer instructions than asking the kernel. */
static uint32_t draw(uint32_t below)
{
	static uint64_t state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint64_t)(uint32_t)state * below >> 32;
}

static uint16_t ip_sum(const void *header)
{
	uint16_t word[sizeof(struct iphdr) / 2];
	uint32_t sum = 0;
	size_t i;

	memcpy(word, header, sizeof(word));
	for (i = 0; i < sizeof(word) / 2; i++)
		sum += word[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return ~(sum + (sum >> 16));
}

static void choose(uint32_t *flow, uint32_t *service)
{
	static unsigned long turn;

	if (in_turn) {
		*flow = turn % flows;
		*service = services ? turn / flows % services : 0;
		turn++;
		return;
	}
	*flow = draw(flows);
	*service = services ? draw(services) : 0;
}

/* The fields by which frames differ. */
static void vary(struct frame *f)
{
	uint32_t flow, service;
	uint16_t sport, dport;

	choose(&flow, &service);
	flow += service * flows;
	sport = htons(1024 + flow / 250);
	dport = htons(port + service % 4);
	if (v6) {
		f->v6.ip.ip6_src.s6_addr[15] = 1 + flow % 250;
		f->v6.udp.uh_sport = sport;
		f->v6.udp.uh_dport = dport;
		return;
	}
	f->v4.ip.saddr = htonl(0x0a000201 + flow % 250);
	f->v4.ip.daddr = htonl(first + service / 4);
	f->v4.ip.check = 0;
	f->v4.ip.check = ip_sum((uint8_t *)f + sizeof(f->eth));
	f->v4.ip.check ^= bad;
	f->v4.udp.uh_sport = sport;
	f->v4.udp.uh_dport = dport;
}

/* Returns the length of a frame. */
static size_t make(struct frame *f, const char *to)
{
	if (v6) {
		f->eth.ether_type = htons(ETHERTYPE_IPV6);
		f->v6.ip.ip6_flow = htonl(6 << 28);
		f->v6.ip.ip6_plen = htons(26);
		f->v6.ip.ip6_nxt = IPPROTO_UDP;
		f->v6.ip.ip6_hlim = 64;
		inet_pton(AF_INET6, "2001:db8:1::", &f->v6.ip.ip6_src);
		inet_pton(AF_INET6, to, &f->v6.ip.ip6_dst);
		if (bad)
			f->v6.ip.ip6_src.s6_addr[0] = 0xff;
		f->v6.udp.uh_ulen = htons(26);
		return 80;
	}
	f->eth.ether_type = htons(ETHERTYPE_IP);
	f->v4.ip.version = 4;
	f->v4.ip.ihl = 5;
	f->v4.ip.tot_len = htons(46);
	f->v4.ip.ttl = 64;
	f->v4.ip.protocol = IPPROTO_UDP;
	f->v4.udp.uh_ulen = htons(26);
	return 60;
}

/* Returns how many were sent; fills in what each took, of each call if there is room for it. */
static unsigned long send_all(int fd, struct mmsghdr *msgs, unsigned long count, double *took)
{
	double before = timed ? now() : 0, after;
	unsigned long sent;
	unsigned int i;

	for (sent = 0; sent < count; sent += batch) {
		for (i = 0; i < batch; i++)
			vary(&frames[i]);
		if (sendmmsg(fd, msgs, batch, 0) != (int)batch) {
			perror("source");
			exit(1);
		}
		if (timed) {
			after = now();
			*took++ = (after - before) / batch;
			before = after;
		}
	}
	return sent;
}

static int open_socket(const char *dev)
{
	struct sockaddr_ll at = { .sll_family = AF_PACKET, .sll_halen = ETH_ALEN };
	int fd, one = 1;

	/* Protocol 0: it receives nothing, so nobody has to clone for it. */
	fd = socket(AF_PACKET, SOCK_RAW, 0);
	at.sll_ifindex = if_nametoindex(dev);
	if (fd < 0 || !at.sll_ifindex || bind(fd, (struct sockaddr *)&at, sizeof(at)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof(one))) {
		perror("source");
		exit(1);
	}
	return fd;
}

int main(int argc, char **argv)
{
	const char *dev = "c0", *to = "10.0.9.9", *mac = "02:00:00:00:00:fe";
	static struct mmsghdr msgs[BATCH_MAX];
	static struct iovec iov[BATCH_MAX];
	unsigned long count = 1, sent;
	double start, *took = NULL;
	unsigned int i;
	int fd, opt;

	while ((opt = getopt(argc, argv, "i:n:f:d:p:m:s:abt")) != -1) {
		switch (opt) {
		case 'i': dev = optarg; break;
		case 'n': count = strtoul(optarg, NULL, 0); break;
		case 'f': flows = strtoul(optarg, NULL, 0); break;
		case 'd': to = optarg; break;
		case 'p': port = strtoul(optarg, NULL, 0); break;
		case 'm': mac = optarg; break;
		case 'a': in_turn = true; break;
		case 'b': bad = true; break;
		case 's': services = strtoul(optarg, NULL, 0); break;
		case 't': timed = true; break;
		default: return 2;
		}
	}
	v6 = strchr(to, ':');
	if (!v6)
		first = ntohl(inet_addr(to));
	if (timed) {
		batch = BATCH_MAX;
		took = calloc(count / batch + 1, sizeof(*took));
		if (!took)
			return 1;
	}
	for (i = 0; i < batch; i++) {
		memcpy(frames[i].eth.ether_dhost, ether_aton(mac), ETH_ALEN);
		frames[i].eth.ether_shost[0] = 2;
		frames[i].eth.ether_shost[5] = 1;
		iov[i] = (struct iovec){ &frames[i], make(&frames[i], to) };
		msgs[i].msg_hdr.msg_iov = &iov[i];
		msgs[i].msg_hdr.msg_iovlen = 1;
	}
	fd = open_socket(dev);
	start = now();
	sent = send_all(fd, msgs, count, took);
	printf("%.2f %lu", (now() - start) / sent, sent);
	if (timed) {
		qsort(took, sent / batch, sizeof(*took), in_order);
		printf(" %.2f", took[sent / batch / 2]);
	}
	putchar('\n');
	return 0;
}
