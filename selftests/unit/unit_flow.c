// SPDX-License-Identifier: GPL-2.0
/* unit: */
/*
 * From the 5-tuple of a packet to a row, by the functions of the packet path, against rows that
 * selftests/flow_vectors.py found without them.
 */
#include <arpa/inet.h>
#include <string.h>

#include "ktap.h"
#include "core/flow.h"

static const struct vector {
	u32 size;
	u64 seed;
	u8 proto;
	const char *vip;
	u16 port;
	const char *source;
	u16 sport;
	u32 row;
} vectors[] = {
#include "flow_vectors.h"
};

#define N	(sizeof(vectors) / sizeof(*vectors))

static bool is_v4(const char *text)
{
	return !strchr(text, ':');
}

/* As dsr.ko keeps it: IPv4 mapped into IPv6. */
static struct in6_addr address(const char *text)
{
	struct in6_addr addr = {};

	if (is_v4(text)) {
		memset(&addr.s6_addr[10], 0xff, 2);
		inet_pton(AF_INET, text, &addr.s6_addr[12]);
	} else {
		inet_pton(AF_INET6, text, &addr);
	}
	return addr;
}

/* The port is given as path/parse.h reads it from a packet. */
static u32 row_of(const struct vector *v)
{
	struct in6_addr vip = address(v->vip), source = address(v->source);
	__be16 wire = htons(v->sport);
	struct dsr_hash_state hash;
	u64 flow[DSR_FLOW6_WORDS];
	u8 bytes[2];

	memcpy(bytes, &wire, sizeof(bytes));
	dsr_flow_init(&hash, v->seed, &vip, dsr_port_proto(v->port, v->proto));
	if (is_v4(v->vip)) {
		dsr_flow4(flow, source.s6_addr32[3], bytes[0] | bytes[1] << 8);
		return dsr_flow_row(&hash, flow, DSR_FLOW4_WORDS, v->size);
	}
	dsr_flow6(flow, &source, bytes[0] | bytes[1] << 8);
	return dsr_flow_row(&hash, flow, DSR_FLOW6_WORDS, v->size);
}

static void rows__are_the_vectors(bool v4)
{
	u32 i, n = 0, wrong = 0;

	for (i = 0; i < N; i++) {
		if (is_v4(vectors[i].vip) != v4)
			continue;
		n++;
		wrong += row_of(&vectors[i]) != vectors[i].row;
	}
	ktap(n && !wrong, "flow_row: %u of %u known rows of IPv%d flows", n - wrong, n, v4 ? 4 : 6);
}

int main(void)
{
	ktap_begin();
	rows__are_the_vectors(true);
	rows__are_the_vectors(false);
	return ktap_done();
}
