// SPDX-License-Identifier: GPL-2.0
/*
 * Tap devices as so many drivers: one that gives the stack packets in one piece, one that does so
 * by NAPI, two whose packets are in fragments wherever the writer cuts them. Of these one has no
 * GRO, which would pull the headers together before the hook.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

#include "fr.h"
#include "wire.h"

#define MAX_PIECES	17	/* MAX_SKB_FRAGS, and the linear part */
#define MAX_PIECE	4096

static const struct {
	const char *name;
	int flags;
} taps[N_TAPS] = {
	[TAP_PLAIN] = { "tap0", 0 },
	[TAP_NAPI] = { "tap1", IFF_NAPI },
	[TAP_FRAGS] = { "tap2", IFF_NAPI | IFF_NAPI_FRAGS },
	[TAP_GRO] = { "tap3", IFF_NAPI | IFF_NAPI_FRAGS },
};

static int fds[N_TAPS];

const char *tap_name(enum tap tap)
{
	return taps[tap].name;
}

/* In the namespace of the caller, where the device is there already. */
void tap_open(enum tap tap)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | taps[tap].flags };

	strcpy(ifr.ifr_name, taps[tap].name);
	fds[tap] = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
	if (fds[tap] < 0 || ioctl(fds[tap], TUNSETIFF, &ifr))
		die("device %s", taps[tap].name);
}

/* The linear part is at least an Ethernet header: without one, a driver has no frame. */
static unsigned int first_piece(enum cut cut, struct rng *r, unsigned int len)
{
	switch (cut) {
	case CUT_ETH:
	case CUT_TINY:
		return 14;
	case CUT_ANY:
		return 14 + rng_below(r, len < 128 ? len - 13 : 115);
	default:
		return len;
	}
}

static unsigned int next_piece(enum cut cut, struct rng *r, unsigned int left)
{
	unsigned int n = left;

	if (cut == CUT_TINY)
		n = 1 + rng_below(r, 8);
	else if (cut == CUT_ANY)
		n = 1 + rng_below(r, left);
	if (n > left)
		n = left;
	return n < MAX_PIECE ? n : MAX_PIECE;
}

static unsigned int cut_up(struct iovec *iov, const struct form *form, struct rng *r,
			   uint8_t *frame, unsigned int len)
{
	unsigned int n = 0, at, piece;

	at = form->tap >= TAP_FRAGS ? first_piece(form->cut, r, len) : len;
	iov[n++] = (struct iovec) { frame, at };
	for (; at < len; at += piece) {
		piece = next_piece(form->cut, r, len - at);
		/* All that is left must fit the pieces that are left. */
		if (piece * 1ULL + (MAX_PIECES - n - 1) * MAX_PIECE < len - at)
			piece = MAX_PIECE;
		if (n == MAX_PIECES - 1)
			piece = len - at;
		iov[n++] = (struct iovec) { frame + at, piece };
	}
	return n;
}

/* Returns 0, or the errno that the device refuses the frame with. */
int tap_send(const struct form *form, const struct record *rec, struct rng *r)
{
	struct virtio_net_hdr vnet = { 0 };
	struct iovec iov[MAX_PIECES + 1];
	unsigned int n;
	ssize_t want = sizeof(vnet) + rec->len, done;

	if (form->csum || form->gso) {
		vnet.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
		vnet.csum_start = rec->csum_start;
		vnet.csum_offset = rec->csum_offset;
		vnet.gso_type = rec->gso_type;
		vnet.gso_size = rec->gso_size;
		vnet.hdr_len = rec->hdr_len;
	}
	iov[0] = (struct iovec) { &vnet, sizeof(vnet) };
	n = cut_up(iov + 1, form, r, (uint8_t *)rec->frame, rec->len);
	done = writev(fds[form->tap], iov, n + 1);
	if (done < 0)
		return errno;
	if (done != want)
		die("%zd of %zd bytes written", done, want);
	return 0;
}
