// SPDX-License-Identifier: GPL-2.0
/*
 * A VIP on its device, by rtnetlink: always a host address, /32 or /128.
 */
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#include "dsrctl.h"

/**
 * struct holder - which prefix length a device holds an address with
 * @index: of the device, 0 for any
 * @addr: the address
 * @any: with any prefix length
 * @host: as a host address
 */
struct holder {
	uint32_t index;
	const struct in6_addr *addr;
	bool any;
	bool host;
};

static uint8_t family_of(const struct in6_addr *addr)
{
	return IN6_IS_ADDR_V4MAPPED(addr) ? AF_INET : AF_INET6;
}

static uint8_t bits_of(const struct in6_addr *addr)
{
	return family_of(addr) == AF_INET ? 32 : 128;
}

static const void *bytes_of(const struct in6_addr *addr)
{
	return family_of(addr) == AF_INET ? &addr->s6_addr[12] : addr->s6_addr;
}

static int see_addr(const struct nlmsghdr *nlh, void *data)
{
	const struct ifaddrmsg *head = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr, *found = NULL;
	struct holder *holder = data;
	uint8_t bits = bits_of(holder->addr);

	if (nlh->nlmsg_type != RTM_NEWADDR ||
	    (holder->index && head->ifa_index != holder->index))
		return MNL_CB_OK;
	mnl_attr_for_each(attr, nlh, sizeof(*head))
		if (mnl_attr_get_type(attr) == IFA_LOCAL ||
		    (mnl_attr_get_type(attr) == IFA_ADDRESS && !found))
			found = attr;
	if (!found || mnl_attr_get_payload_len(found) != bits / 8 ||
	    memcmp(mnl_attr_get_payload(found), bytes_of(holder->addr),
		   bits / 8))
		return MNL_CB_OK;
	holder->any = true;
	holder->host |= head->ifa_prefixlen == bits;
	return MNL_CB_OK;
}

/* Whether the device holds the address; also true if nobody can tell, which is
 * what it returns then.
 */
static bool look(struct dsrctl *ctl, struct holder *holder)
{
	struct ifaddrmsg head = { .ifa_family = family_of(holder->addr) };
	struct refusal why;

	if (!nl_open(ctl, &ctl->route, NETLINK_ROUTE)) {
		nl_start(&ctl->route, RTM_GETADDR, NLM_F_DUMP, &head,
			 sizeof(head));
		if (nl_talk(&ctl->route, see_addr, holder, &why))
			return true;
	}
	holder->any = true;
	return false;
}

static struct nlmsghdr *start(struct dsrctl *ctl, uint16_t type, uint16_t flags,
			      const struct in6_addr *addr, uint32_t index)
{
	struct ifaddrmsg head = {
		.ifa_family = family_of(addr),
		.ifa_prefixlen = bits_of(addr),
		.ifa_index = index,
	};
	struct nlmsghdr *nlh;

	nlh = nl_start(&ctl->route, type, NLM_F_ACK | flags, &head,
		       sizeof(head));
	mnl_attr_put(nlh, IFA_LOCAL, bits_of(addr) / 8, bytes_of(addr));
	mnl_attr_put(nlh, IFA_ADDRESS, bits_of(addr) / 8, bytes_of(addr));
	return nlh;
}

static int refused(struct dsrctl *ctl, const char *what, const char *dev,
		   const struct refusal *why)
{
	return dsrctl_refused(ctl, "%s %s: %s", what, dev,
			      *why->text ? why->text : strerror(why->err));
}

/**
 * rtaddr_add - put an address on a device, if it is not there
 * @ctl: to say what is wrong
 * @addr: the address
 * @dev: name of the device
 * @unsure: set if it failed, but the address may be there now
 *
 * Return: exit code.
 */
int rtaddr_add(struct dsrctl *ctl, const struct in6_addr *addr,
	       const char *dev, bool *unsure)
{
	struct holder holder = { .addr = addr };
	struct nlmsghdr *nlh;
	struct ifaddrmsg *head;
	struct refusal why;
	int err;

	*unsure = false;
	err = nl_open(ctl, &ctl->route, NETLINK_ROUTE);
	if (err)
		return err;
	holder.index = if_nametoindex(dev);
	if (!holder.index)
		return dsrctl_refused(ctl, "cannot put the address on %s: %s",
				      dev, strerror(errno));
	nlh = start(ctl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, addr,
		    holder.index);
	head = mnl_nlmsg_get_payload(nlh);
	if (!strcmp(dev, "lo"))
		head->ifa_scope = RT_SCOPE_HOST;
	if (head->ifa_family == AF_INET6)
		mnl_attr_put_u32(nlh, IFA_FLAGS, IFA_F_NODAD);
	if (nl_talk(&ctl->route, NULL, NULL, &why))
		return DONE;
	if (why.err != EEXIST && !why.lost)
		return refused(ctl, "cannot put the address on", dev, &why);
	*unsure = !look(ctl, &holder) && why.lost;
	if (holder.host)
		return DONE;
	if (why.lost)
		return refused(ctl, "cannot put the address on", dev, &why);
	return dsrctl_refused(ctl, "%s holds the address already, but not as a host address (noaddr leaves it alone)",
			      dev);
}

/**
 * rtaddr_del - take an address from a device, if it is there
 * @ctl: to say what is wrong
 * @addr: the address
 * @dev: name of the device, which may be gone
 *
 * Return: exit code.
 */
int rtaddr_del(struct dsrctl *ctl, const struct in6_addr *addr,
	       const char *dev)
{
	struct holder holder = { .addr = addr };
	struct refusal why;
	int err;

	err = nl_open(ctl, &ctl->route, NETLINK_ROUTE);
	if (err)
		return err;
	holder.index = if_nametoindex(dev);
	if (holder.index) {
		start(ctl, RTM_DELADDR, 0, addr, holder.index);
		if (nl_talk(&ctl->route, NULL, NULL, &why))
			return DONE;
		if (why.err != EADDRNOTAVAIL && why.err != ENODEV)
			return refused(ctl, "cannot take the address from", dev,
				       &why);
	}
	/* Once vip-del is done, the host would answer for what is left. */
	look(ctl, &holder);
	if (!holder.any)
		return DONE;
	if (!holder.index)
		return dsrctl_refused(ctl, "%s is gone, but another device holds the address (noaddr leaves it alone)",
				      dev);
	return dsrctl_refused(ctl, "%s holds the address, but not as a host address (noaddr leaves it alone)",
			      dev);
}
