/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DSR_SELFTESTS_FRAME_H
#define DSR_SELFTESTS_FRAME_H

#include <stdint.h>
#include <stddef.h>

#define FRAME_MAX 65600		/* a 64 KB datagram and every header */
#define FRAME_VLANS 4

struct bytes {
	size_t len;
	uint8_t data[FRAME_MAX];
};

/* What a frame is to be built from. A field of -1, or a has_ flag not set, is the right value. */
struct recipe {
	const char *kind;
	uint8_t smac[6], dmac[6];
	int has_dmac;
	struct { uint16_t tpid, tci; } vlan[FRAME_VLANS];
	int vlans;
	uint8_t src[16], dst[16], target[16];
	int src_family, dst_family, target_family;	/* 0: not given */
	int sport, dport, ttl, tos, id, version, ihl, total, proto, sum, l4sum, l4len, doff;
	int frag_off, frag_more, dont_frag;
	int flags, window;
	uint32_t seq, ack;
	int op;				/* ARP operation, or the NA's flags */
	const char *arp_kind;
	uint8_t sha[6], tha[6];
	int has_sha, has_tha;
	int echo_id, echo_seq;
	const struct bytes *payload;
	int pad;			/* to the 60 bytes that a wire carries at least */
	int truncate;
};

#define MATCHES 8

/* What belongs to a verb and not to a frame. */
struct options {
	int help, count, rate, timeout, none, exactly, only_macs, print, vary, want, settle, out;
	uint8_t new_dmac[6], new_smac[6];
	int has_new_dmac, has_new_smac;
	struct { size_t at; struct bytes *value; } match[MATCHES];
	int matches;
};

extern struct recipe recipe;
extern struct options opt;

/* frame_build.c */
void recipe_init(struct recipe *r);
int recipe_kind(const char *word);
void recipe_build(const struct recipe *r, struct bytes *out);

/* frame_args.c: whatever is wrong with the words ends the program with status 2 */
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
void bytes_from_hex(struct bytes *out, const char *hex);
void mac_parse(uint8_t mac[6], const char *text);
void options_parse(int argc, char **argv);
void frame_get(struct bytes *out, const char *word);

/* frame_net.c: devices are [NAMESPACE/]NAME; a protocol of 0 never receives */
long now_ms(void);
int open_device(const char *dev, int protocol);
int receive(int fd, struct bytes *b, long deadline);
void send_frames(int fd, const struct bytes *b, int count);
void keep_protocol(int fd, int type);
unsigned int lost(int fd);

#endif
