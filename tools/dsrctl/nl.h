/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _DSRCTL_NL_H
#define _DSRCTL_NL_H

#include <stdint.h>

#include <libmnl/libmnl.h>

#include "object.h"

#define NL_REQUEST_ROOM	1024	/* bytes, more than all attributes together */
#define NL_REPLY_ROOM	65536	/* bytes, twice what a dump gives at a time */

/**
 * struct nl - a netlink socket
 * @sk: the socket, NULL until it is needed
 * @port: its address
 * @seq: of the last request
 * @family: number of the family "dsr", 0 until it is known
 * @events: number of the multicast group "events"
 * @torn: the configuration changed during the last dump
 * @request: the last request, for finding the attribute that is to blame
 * @reply: what was received
 */
struct nl {
	struct mnl_socket *sk;
	unsigned int port;
	unsigned int seq;
	uint16_t family;
	uint32_t events;
	bool torn;
	char request[NL_REQUEST_ROOM] __attribute__((aligned(4)));
	char reply[NL_REPLY_ROOM] __attribute__((aligned(4)));
};

/**
 * struct refusal - why the kernel said no
 * @err: errno
 * @offset: of the attribute that is to blame, in the request; 0 if none is
 * @missing: number of the attribute that is missing, 0 if none is
 * @lost: the answer did not come: it may have been done
 * @text: what the kernel has to say, or ""
 */
struct refusal {
	int err;
	uint32_t offset;
	uint32_t missing;
	bool lost;
	char text[256];
};

struct dsrctl;

int nl_open(struct dsrctl *ctl, struct nl *nl, int bus);
void nl_close(struct nl *nl);
struct nlmsghdr *nl_start(struct nl *nl, uint16_t type, uint16_t flags,
			  const void *head, size_t len);
bool nl_talk(struct nl *nl, mnl_cb_t each, void *data, struct refusal *why);
void nl_parse_refusal(const struct nlmsghdr *nlh, struct refusal *why);

int genl_open(struct dsrctl *ctl);
bool genl_try(struct dsrctl *ctl, uint8_t cmd, const struct object *obj,
	      const void *rec, struct refusal *why);
int genl_do(struct dsrctl *ctl, uint8_t cmd, const struct object *obj,
	    const void *rec);
int genl_get(struct dsrctl *ctl, const void *filter, bool one,
	     struct list *to);
int genl_refused(struct dsrctl *ctl, const struct object *obj,
		 const struct refusal *why);
const void *genl_attrs(const struct nlmsghdr *nlh, size_t *len);

int rtaddr_add(struct dsrctl *ctl, const struct in6_addr *addr,
	       const char *dev, bool *unsure);
int rtaddr_del(struct dsrctl *ctl, const struct in6_addr *addr,
	       const char *dev);

#endif /* _DSRCTL_NL_H */
