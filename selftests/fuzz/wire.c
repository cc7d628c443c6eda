// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/genetlink.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire.h"

static uint16_t events;

void die(const char *fmt, ...)
{
	int err = errno;
	va_list ap;

	fflush(stdout);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, ": %s\n", strerror(err));
	exit(2);
}

/* The calling thread goes into a namespace of /run/netns. */
void wire_enter(const char *netns)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die("namespace %s", netns);
	close(fd);
}

/* A socket to send frames as they are; it hears nothing. */
int wire_packet(const char *dev)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	to.sll_ifindex = if_nametoindex(dev);
	if (fd < 0 || !to.sll_ifindex || bind(fd, (struct sockaddr *)&to, sizeof(to)))
		die("device %s", dev);
	return fd;
}

int wire_genl(void)
{
	struct sockaddr_nl me = { .nl_family = AF_NETLINK };
	int room = 8 << 20;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (fd < 0 || bind(fd, (struct sockaddr *)&me, sizeof(me)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)))
		die("netlink socket");
	return fd;
}

static const struct nlattr *find(const void *attrs, int len, int type)
{
	const struct nlattr *a = attrs;

	while (len >= NLA_HDRLEN && a->nla_len >= NLA_HDRLEN && a->nla_len <= len) {
		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return a;
		len -= NLA_ALIGN(a->nla_len);
		a = (const void *)a + NLA_ALIGN(a->nla_len);
	}
	return NULL;
}

/* The first group is the only one. */
static uint16_t first_group(const struct nlattr *groups)
{
	const struct nlattr *id;

	if (!groups)
		return 0;
	groups++;
	id = find(groups + 1, groups->nla_len - NLA_HDRLEN, CTRL_ATTR_MCAST_GRP_ID);
	return id ? *(const uint32_t *)(id + 1) : 0;
}

/* The number of a generic netlink family. */
uint16_t wire_family(const char *name)
{
	struct {
		struct nlmsghdr nlh;
		struct genlmsghdr genl;
		struct nlattr nla;
		char name[16];
	} request = {
		.nlh = { sizeof(request), GENL_ID_CTRL, NLM_F_REQUEST, 1, 0 },
		.genl = { CTRL_CMD_GETFAMILY, 1, 0 },
		.nla = { NLA_HDRLEN + strlen(name) + 1, CTRL_ATTR_FAMILY_NAME },
	};
	static char reply[16 << 10] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = (struct nlmsghdr *)reply;
	const struct nlattr *id;
	int fd = wire_genl();
	ssize_t len;

	strcpy(request.name, name);
	if (send(fd, &request, sizeof(request), 0) < 0)
		die("family %s", name);
	len = recv(fd, reply, sizeof(reply), 0);
	close(fd);
	len -= NLMSG_HDRLEN + GENL_HDRLEN;
	if (len < 0 || nlh->nlmsg_type == NLMSG_ERROR)
		die("there is no family %s", name);
	id = find(reply + NLMSG_HDRLEN + GENL_HDRLEN, len, CTRL_ATTR_FAMILY_ID);
	events = first_group(find(reply + NLMSG_HDRLEN + GENL_HDRLEN, len, CTRL_ATTR_MCAST_GROUPS));
	if (!id || !events)
		die("family %s has no number or no group", name);
	return *(const uint16_t *)(id + 1);
}

uint16_t wire_events(void)
{
	return events;
}
