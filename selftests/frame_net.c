// SPDX-License-Identifier: GPL-2.0
/*
 * frame's packet sockets: one for each device, in whichever namespace it is.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "frame.h"

long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void enter_namespace(const char *name, size_t len)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%.*s", (int)len, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die("namespace %.*s: %s", (int)len, name, strerror(errno));
	close(fd);
}

/* A socket keeps the namespace it was made in; we go home at once. `protocol` 0 never receives. */
int open_device(const char *dev, int protocol)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(protocol) };
	const char *slash = strchr(dev, '/');
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), one = 1, big = 64 << 20, fd;
	struct ifreq ifr = {};

	if (slash)
		enter_namespace(dev, slash - dev);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0)
		die("packet socket: %s", strerror(errno));
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", slash ? slash + 1 : dev);
	if (ioctl(fd, SIOCGIFINDEX, &ifr))
		die("%s: %s", dev, strerror(errno));
	to.sll_ifindex = ifr.ifr_ifindex;
	setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one));
	if (!opt.out)
		setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof(one));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &big, sizeof(big));
	if (bind(fd, (struct sockaddr *)&to, sizeof(to)))
		die("%s: %s", dev, strerror(errno));
	if (slash && setns(home, CLONE_NEWNET))
		die("cannot return from namespace: %s", strerror(errno));
	close(home);
	return fd;
}

/* The kernel takes the outer VLAN tag out of the bytes and tells it beside them: put it back. */
static void restore_vlan(struct bytes *b, struct msghdr *msg)
{
	struct tpacket_auxdata aux;
	struct cmsghdr *c;
	uint16_t tag[2];

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		if (!(aux.tp_status & TP_STATUS_VLAN_VALID) || b->len < 12)
			continue;
		tag[0] = htons(aux.tp_status & TP_STATUS_VLAN_TPID_VALID ? aux.tp_vlan_tpid :
									   ETH_P_8021Q);
		tag[1] = htons(aux.tp_vlan_tci);
		memmove(b->data + 16, b->data + 12, b->len - 12);
		memcpy(b->data + 12, tag, 4);
		b->len += 4;
	}
}

/* One frame, or 0 when `deadline` has come. */
int receive(int fd, struct bytes *b, long deadline)
{
	union { char room[256]; struct cmsghdr align; } control;
	struct iovec iov = { b->data, sizeof(b->data) - 4 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct pollfd p = { .fd = fd, .events = POLLIN };
	long left;
	ssize_t n;

	for (;;) {
		left = deadline - now_ms();
		if (poll(&p, 1, left > 0 ? left : 0) <= 0)
			return 0;
		msg.msg_control = &control;
		msg.msg_controllen = sizeof(control);
		n = recvmsg(fd, &msg, MSG_DONTWAIT);
		if (n < 0) {
			/* The device went down or away: nothing more comes, but time goes on. */
			if (errno != EAGAIN && errno != EINTR && errno != ENETDOWN)
				die("receive: %s", strerror(errno));
			continue;
		}
		b->len = n;
		restore_vlan(b, &msg);
		return 1;
	}
}

unsigned int lost(int fd)
{
	struct tpacket_stats st = {};
	socklen_t len = sizeof(st);

	getsockopt(fd, SOL_PACKET, PACKET_STATISTICS, &st, &len);
	return st.tp_drops;
}

void send_frames(int fd, const struct bytes *b, int count)
{
	struct timespec gap = {};
	int i;

	if (opt.rate)
		gap.tv_nsec = opt.rate > 1 ? 1000000000L / opt.rate : 999999999L;
	for (i = 0; i < count; i++) {
		if (send(fd, b->data, b->len, 0) < 0)
			die("send of %zu bytes: %s", b->len, strerror(errno));
		if (opt.rate && i + 1 < count)
			nanosleep(&gap, NULL);
	}
}

/* Only the protocol we count may fill the socket's buffer. */
void keep_protocol(int fd, int type)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, type, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 128),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = { sizeof(code) / sizeof(*code), code };

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)))
		die("filter: %s", strerror(errno));
}
