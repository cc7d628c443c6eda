// SPDX-License-Identifier: GPL-2.0
/*
 * The balancer's counters of one device, by reason.
 */
#include <linux/dsr.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fr.h"
#include "wire.h"

static int fd = -1;
static uint16_t family;
static char device[16];

/* From the namespace of the caller. */
void count_open(const char *dev)
{
	if (fd < 0) {
		family = wire_family("dsr");
		fd = wire_genl();
	}
	memset(device, 0, sizeof(device));
	snprintf(device, sizeof(device), "%s", dev);
}

static void one(const struct nlmsghdr *nlh, uint64_t *reasons)
{
	const struct nlattr *a = NLMSG_DATA(nlh) + GENL_HDRLEN;
	int left = nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;
	uint32_t reason = N_REASONS;
	uint64_t packets = 0;

	while (left >= NLA_HDRLEN) {
		if (a->nla_type == DSR_A_STATS_REASON)
			memcpy(&reason, a + 1, sizeof(reason));
		else if (a->nla_type == DSR_A_STATS_PACKETS)
			memcpy(&packets, a + 1, sizeof(packets));
		left -= NLA_ALIGN(a->nla_len);
		a = (const void *)a + NLA_ALIGN(a->nla_len);
	}
	if (reason >= N_REASONS)
		die("a counter without a reason");
	reasons[reason] = packets;
}

void count_read(uint64_t reasons[N_REASONS])
{
	struct {
		struct nlmsghdr nlh;
		struct genlmsghdr genl;
		struct nlattr nla;
		char dev[16];
		struct nlattr role;
		uint32_t balancer;
	} request = {
		.nlh = { sizeof(request), family, NLM_F_REQUEST | NLM_F_DUMP, 1, 0 },
		.genl = { DSR_CMD_STATS_GET, 1, 0 },
		.nla = { NLA_HDRLEN + sizeof(request.dev), DSR_A_STATS_DEV },
		.role = { NLA_HDRLEN + 4, DSR_A_STATS_ROLE },
		.balancer = DSR_ROLE_BALANCER,
	};
	static char reply[32 << 10] __attribute__((aligned(8)));
	const struct nlmsghdr *nlh;
	ssize_t len;

	memset(reasons, 0, N_REASONS * sizeof(*reasons));
	memcpy(request.dev, device, sizeof(device));
	if (send(fd, &request, sizeof(request), 0) < 0)
		die("counters");
	for (;;) {
		len = recv(fd, reply, sizeof(reply), 0);
		if (len < 0)
			die("counters");
		for (nlh = (void *)reply; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len)) {
			if (nlh->nlmsg_type == NLMSG_DONE)
				return;
			if (nlh->nlmsg_type == NLMSG_ERROR)
				die("counters of %s", device);
			one(nlh, reasons);
		}
	}
}
