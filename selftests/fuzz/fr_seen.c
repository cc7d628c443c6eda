// SPDX-License-Identifier: GPL-2.0
/*
 * Frames that come in by a device, whole, a VLAN tag of the metadata put back into them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fr.h"
#include "wire.h"

#define SLOTS	64
#define SLOT	(MAX_FRAME + 64)

struct eye {
	int fd;
	bool vnet;
	int n, at;
	struct mmsghdr mm[SLOTS];
	struct iovec iov[SLOTS];
	struct sockaddr_ll from[SLOTS];
	char control[SLOTS][CMSG_SPACE(sizeof(struct tpacket_auxdata))]
		__attribute__((aligned(8)));
	struct seen seen;
	uint8_t buffer[SLOTS][SLOT] __attribute__((aligned(8)));
};

static void option(int fd, int level, int name, int value)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)))
		die("setting %d of a packet socket", name);
}

struct eye *eye_open(const char *dev, bool vnet)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
	};
	struct eye *eye = calloc(1, sizeof(*eye));

	if (!eye)
		die("memory");
	eye->vnet = vnet;
	eye->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	at.sll_ifindex = if_nametoindex(dev);
	if (eye->fd < 0 || !at.sll_ifindex)
		die("device %s", dev);
	option(eye->fd, SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20);
	option(eye->fd, SOL_PACKET, PACKET_AUXDATA, 1);
	option(eye->fd, SOL_PACKET, PACKET_VNET_HDR, vnet);
	if (bind(eye->fd, (struct sockaddr *)&at, sizeof(at)))
		die("watching %s", dev);
	return eye;
}

void eye_close(struct eye *eye)
{
	close(eye->fd);
	free(eye);
}

static bool fill(struct eye *eye, int seconds)
{
	struct pollfd p = { .fd = eye->fd, .events = POLLIN };
	int i;

	for (i = 0; i < SLOTS; i++) {
		/* Before the frame there is room for a tag. */
		eye->iov[i] = (struct iovec) { eye->buffer[i] + 4, SLOT - 4 };
		eye->mm[i].msg_hdr = (struct msghdr) {
			.msg_name = &eye->from[i], .msg_namelen = sizeof(eye->from[i]),
			.msg_iov = &eye->iov[i], .msg_iovlen = 1,
			.msg_control = eye->control[i], .msg_controllen = sizeof(eye->control[i]),
		};
	}
	eye->at = 0;
	eye->n = recvmmsg(eye->fd, eye->mm, SLOTS, MSG_DONTWAIT, NULL);
	while (eye->n < 0 && errno == EAGAIN && poll(&p, 1, seconds * 1000) > 0)
		eye->n = recvmmsg(eye->fd, eye->mm, SLOTS, MSG_DONTWAIT, NULL);
	if (eye->n < 0 && errno != EAGAIN)
		die("watching");
	return eye->n > 0;
}

static void put_tag(struct seen *seen, const struct tpacket_auxdata *aux)
{
	uint16_t tag[2] = { htons(aux->tp_vlan_tpid), htons(aux->tp_vlan_tci) };

	memmove(seen->frame - 4, seen->frame, 12);
	seen->frame -= 4;
	seen->len += 4;
	memcpy(seen->frame + 12, tag, sizeof(tag));
}

/* The next frame that came in; NULL if none does in time. Good until the next call. */
struct seen *eye_next(struct eye *eye, int seconds)
{
	struct seen *seen = &eye->seen;
	struct tpacket_auxdata aux;
	struct cmsghdr *cmsg;
	int i;

	do {
		if (eye->at == eye->n && !fill(eye, seconds))
			return NULL;
		i = eye->at++;
	} while (eye->from[i].sll_pkttype == PACKET_OUTGOING);
	seen->frame = eye->buffer[i] + 4;
	seen->len = eye->mm[i].msg_len;
	memset(&seen->vnet, 0, sizeof(seen->vnet));
	if (eye->vnet) {
		memcpy(&seen->vnet, seen->frame, sizeof(seen->vnet));
		seen->frame += sizeof(seen->vnet);
		seen->len -= sizeof(seen->vnet);
	}
	cmsg = CMSG_FIRSTHDR(&eye->mm[i].msg_hdr);
	if (!cmsg || cmsg->cmsg_type != PACKET_AUXDATA)
		die("a frame without auxiliary data");
	memcpy(&aux, CMSG_DATA(cmsg), sizeof(aux));
	if (aux.tp_status & TP_STATUS_VLAN_VALID)
		put_tag(seen, &aux);
	return seen;
}
