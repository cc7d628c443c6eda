// SPDX-License-Identifier: GPL-2.0
/*
 * Whether what came out is what went in, but for the MAC addresses; and where a packet was
 * segmented on its way out, whether the segments are those of TCP (RFC 9293, RFC 3168).
 */
#include <arpa/inet.h>
#include <string.h>

#include "fr.h"

#define REALS	3
#define FIN_PSH	0x09
#define CWR	0x80

/* The MACs: of a real of the service, the same each time, and of the device it leaves by. */
static const char *macs(struct record *rec, const uint8_t *frame)
{
	static const uint8_t source[6] = { 2, 0, 0, 0, 0, 0x20 };
	const uint8_t real[6] = { 2, 0, 0, 1, rec->service, frame[5] };
	static const uint8_t none[6];

	if (memcmp(frame, real, 6) || frame[5] < 1 || frame[5] > REALS)
		return "it went to no real of its service";
	if (memcmp(frame + 6, source, 6))
		return "its source is not the device that it left by";
	if (!memcmp(rec->mac, none, 6))
		memcpy(rec->mac, frame, 6);
	if (memcmp(rec->mac, frame, 6))
		return "it went to another real than before";
	return NULL;
}

const char *compare_whole(struct record *rec, const struct form *form, const struct seen *out)
{
	bool csum = form->csum || form->gso;

	if (out->len != rec->len)
		return "it has another length";
	if (memcmp(out->frame + 12, rec->frame + 12, rec->len - 12))
		return "more than the MAC addresses was changed";
	if (!!(out->vnet.flags & VIRTIO_NET_HDR_F_NEEDS_CSUM) != csum ||
	    (csum && (out->vnet.csum_start != rec->csum_start ||
		      out->vnet.csum_offset != rec->csum_offset)))
		return "its checksum is to be made elsewhere";
	if (form->gso && (out->vnet.gso_type != rec->gso_type ||
			  out->vnet.gso_size != rec->gso_size))
		return "it is to be segmented otherwise";
	return macs(rec, out->frame);
}

unsigned int compare_segments(const struct record *rec)
{
	return (rec->len - rec->hdr_len + rec->gso_size - 1) / rec->gso_size;
}

static uint32_t add(uint32_t sum, const uint8_t *data, size_t len)
{
	for (; len > 1; len -= 2, data += 2)
		sum += data[0] << 8 | data[1];
	return len ? sum + (data[0] << 8) : sum;
}

static bool sums_up(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff;
}

static void put16(uint8_t *to, uint16_t value)
{
	to[0] = value >> 8;
	to[1] = value;
}

/* The headers that segment number i has to have, checksums apart. */
static void header(uint8_t *to, const struct record *rec, unsigned int i, uint32_t data)
{
	unsigned int th = rec->csum_start, n = compare_segments(rec);
	uint32_t seq;

	memcpy(to, rec->frame, rec->hdr_len);
	if (to[12] == 8) {
		put16(to + 16, rec->hdr_len - 14 + data);
		put16(to + 18, (to[18] << 8 | to[19]) + i);
	} else {
		put16(to + 18, rec->hdr_len - 54 + data);
	}
	memcpy(&seq, to + th + 4, 4);
	seq = htonl(ntohl(seq) + i * rec->gso_size);
	memcpy(to + th + 4, &seq, 4);
	if (i)
		to[th + 13] &= ~CWR;
	if (i < n - 1)
		to[th + 13] &= ~FIN_PSH;
}

const char *compare_segment(struct record *rec, const struct seen *out, unsigned int i)
{
	uint32_t left = rec->len - rec->hdr_len - i * rec->gso_size, sum;
	uint32_t data = left < rec->gso_size ? left : rec->gso_size;
	unsigned int th = rec->csum_start;
	const uint8_t *f = out->frame;
	uint8_t want[256];

	if (out->len != rec->hdr_len + data)
		return "a segment has another length";
	header(want, rec, i, data);
	if (f[12] == 8) {
		if (!sums_up(add(0, f + 14, 20)))
			return "the header of a segment has a wrong checksum";
		memcpy(want + 24, f + 24, 2);
	}
	sum = add(0, f + (f[12] == 8 ? 26 : 22), f[12] == 8 ? 8 : 32);
	sum = add(sum + 6 + out->len - th, f + th, out->len - th);
	if (!sums_up(sum))
		return "a segment has a wrong checksum";
	memcpy(want + th + 16, f + th + 16, 2);
	if (memcmp(want + 12, f + 12, rec->hdr_len - 12))
		return "the headers of a segment are not the packet's";
	if (memcmp(f + rec->hdr_len, rec->frame + rec->hdr_len + i * rec->gso_size, data))
		return "a segment has other data";
	return macs(rec, f);
}
