// SPDX-License-Identifier: GPL-2.0
/*
 * real-get, real-add, real-set, real-del.
 */
#include <linux/etherdevice.h>
#include <linux/netlink.h>
#include <net/addrconf.h>
#include <net/route.h>

#include "core/real.h"
#include "core/service.h"
#include "ctl/ctl.h"

static int put_where(struct sk_buff *skb, const struct dsr_hop *hop)
{
	const struct dsr_fwd *fwd = dsr_dereference(hop->fwd, hop->dn);

	if (hop->key.dev[0] && nla_put_string(skb, DSR_A_REAL_DEV, hop->key.dev))
		return -EMSGSIZE;
	if (dsr_hop_pinned(hop) &&
	    nla_put(skb, DSR_A_REAL_LLADDR, sizeof(hop->key.lladdr), hop->key.lladdr))
		return -EMSGSIZE;
	if (fwd && (nla_put(skb, DSR_A_REAL_MAC, sizeof(fwd->dest), fwd->dest) ||
		    nla_put_string(skb, DSR_A_REAL_EGRESS, fwd->dev->name)))
		return -EMSGSIZE;
	return 0;
}

static int put(struct sk_buff *skb, const struct dsr_real *real)
{
	const struct dsr_real_config *config = &real->config;
	struct dsr_sum sum = {};

	dsr_counters_add(&sum, real->counters);
	if (nla_put_u32(skb, DSR_A_REAL_ID, real->id) ||
	    nla_put_string(skb, DSR_A_REAL_SERVICE, real->service->config.name) ||
	    nla_put_in6_addr(skb, DSR_A_REAL_ADDR, &config->key.addr) ||
	    put_where(skb, dsr_real_hop(real)) ||
	    nla_put_u16(skb, DSR_A_REAL_WEIGHT, config->weight) ||
	    nla_put_u32(skb, DSR_A_REAL_STATE, config->state) ||
	    nla_put_u32(skb, DSR_A_REAL_REACH, dsr_real_reach(real)) ||
	    nla_put_u32(skb, DSR_A_REAL_ROWS, real->rows))
		return -EMSGSIZE;
	return dsr_nl_put_counters(skb, DSR_A_REAL_COUNTERS, &sum);
}

/**
 * dsr_nl_fill_real() - a message about a real
 * @reply: where
 * @cb: the dump that it is part of, or NULL
 * @real: the real
 *
 * Context: Process context, under the lock of the namespace.
 * Return: 0 or -EMSGSIZE.
 */
int dsr_nl_fill_real(const struct dsr_nl_reply *reply, struct netlink_callback *cb,
		     const struct dsr_real *real)
{
	void *header = dsr_nl_put_header(reply, cb);

	if (!header)
		return -EMSGSIZE;
	if (put(reply->skb, real)) {
		genlmsg_cancel(reply->skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(reply->skb, header);
	return 0;
}

static struct dsr_service *named_service(struct dsr_net *dn, struct genl_info *info, int *err)
{
	struct dsr_service *service;

	*err = -EINVAL;
	if (dsr_nl_missing(info, DSR_A_REAL_SERVICE, "service"))
		return NULL;
	service = dsr_service_by_name(dn, nla_data(info->attrs[DSR_A_REAL_SERVICE]));
	*err = service ? 0 : dsr_nl_refuse(info, DSR_A_REAL_SERVICE, -ENOENT,
					   "no service has this name");
	return service;
}

/* The real that a request names, or NULL with the refusal in @err. */
static struct dsr_real *named(struct dsr_net *dn, struct genl_info *info, int *err)
{
	struct dsr_service *service = named_service(dn, info, err);
	struct dsr_real *real;
	struct in6_addr addr;

	if (!service)
		return NULL;
	*err = -EINVAL;
	if (dsr_nl_missing(info, DSR_A_REAL_ADDR, "addr"))
		return NULL;
	addr = nla_get_in6_addr(info->attrs[DSR_A_REAL_ADDR]);
	real = dsr_real_find(service, &addr);
	*err = real ? 0 : dsr_nl_refuse(info, DSR_A_REAL_ADDR, -ENOENT,
					"the service has no real with this address");
	return real;
}

int dsr_nl_real_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_nl_net(info);
	struct dsr_nl_reply reply;
	struct dsr_real *real;
	int err;

	if (!dsr_nl_reply_alloc(&reply, info, DSR_CMD_REAL_GET))
		return -ENOMEM;
	dsr_rebuild_lock(dn);
	real = named(dn, info, &err);
	if (real)
		err = dsr_nl_fill_real(&reply, NULL, real);
	mutex_unlock(&dn->lock);
	if (!err)
		return genlmsg_reply(reply.skb, info);
	nlmsg_free(reply.skb);
	return err;
}

/* A dump may be of one service; that it is there is checked when it starts. */
static int check_filter(struct dsr_net *dn, struct netlink_callback *cb, const char **service)
{
	struct nlattr **attrs = dsr_genl_dump_attrs(cb);

	*service = NULL;
	if (attrs[DSR_A_REAL_ADDR]) {
		NL_SET_ERR_MSG_ATTR(cb->extack, attrs[DSR_A_REAL_ADDR],
				    "a dump shows all reals of a service: do not name one");
		return -EINVAL;
	}
	if (!attrs[DSR_A_REAL_SERVICE])
		return 0;
	*service = nla_data(attrs[DSR_A_REAL_SERVICE]);
	if (!cb->args[0] && !dsr_service_by_name(dn, *service)) {
		NL_SET_ERR_MSG_ATTR(cb->extack, attrs[DSR_A_REAL_SERVICE],
				    "no service has this name");
		return -ENOENT;
	}
	return 0;
}

int dsr_nl_real_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dsr_nl_reply reply = dsr_nl_dump_reply(skb, cb, DSR_CMD_REAL_GET);
	struct dsr_net *dn = dsr_net(sock_net(skb->sk));
	unsigned long id = cb->args[0];
	struct dsr_real *real;
	const char *service;
	int err;

	dsr_rebuild_lock(dn);
	err = check_filter(dn, cb, &service);
	if (err)
		goto out_unlock;
	cb->seq = dn->generation;
	xa_for_each_start(&dn->reals, id, real, cb->args[0]) {
		if ((!service || !strcmp(real->service->config.name, service)) &&
		    dsr_nl_fill_real(&reply, cb, real))
			break;
		cb->args[0] = id + 1;
	}
	err = skb->len;
out_unlock:
	mutex_unlock(&dn->lock);
	return err;
}

/* Take over what is there of what may be changed. */
static int parse_changes(struct genl_info *info, struct dsr_real_config *config)
{
	struct nlattr **attrs = info->attrs;

	if (attrs[DSR_A_REAL_LLADDR]) {
		nla_memcpy(config->key.lladdr, attrs[DSR_A_REAL_LLADDR],
			   sizeof(config->key.lladdr));
		if (is_multicast_ether_addr(config->key.lladdr))
			return dsr_nl_refuse(info, DSR_A_REAL_LLADDR, -EINVAL,
					     "not a unicast MAC address");
	}
	if (attrs[DSR_A_REAL_WEIGHT])
		config->weight = nla_get_u16(attrs[DSR_A_REAL_WEIGHT]);
	if (attrs[DSR_A_REAL_STATE])
		config->state = nla_get_u32(attrs[DSR_A_REAL_STATE]);
	return 0;
}

static int parse_add(struct genl_info *info, struct dsr_real_config *config)
{
	struct nlattr **attrs = info->attrs;
	int err;

	if (dsr_nl_missing(info, DSR_A_REAL_SERVICE, "service") ||
	    dsr_nl_missing(info, DSR_A_REAL_ADDR, "addr"))
		return -EINVAL;
	config->key.addr = nla_get_in6_addr(attrs[DSR_A_REAL_ADDR]);
	err = dsr_nl_check_unicast(info, DSR_A_REAL_ADDR, &config->key.addr);
	if (err)
		return err;
	if (attrs[DSR_A_REAL_DEV])
		nla_strscpy(config->key.dev, attrs[DSR_A_REAL_DEV], sizeof(config->key.dev));
	return parse_changes(info, config);
}

static int check_dev(struct genl_info *info, const char *name)
{
	const struct net_device *dev;
	int err = 0;

	rcu_read_lock();
	dev = dev_get_by_name_rcu(genl_info_net(info), name);
	if (!dev)
		err = dsr_nl_refuse(info, DSR_A_REAL_DEV, -ENODEV, "no device has this name");
	else if (dev->type != ARPHRD_ETHER)
		err = dsr_nl_refuse(info, DSR_A_REAL_DEV, -EINVAL, "not an Ethernet device");
	rcu_read_unlock();
	return err;
}

/* What an IPv4 address is here. Not inet_addr_type(), which calls everything a
 * broadcast address in a namespace that has no address yet.
 */
static int route_type4(struct net *net, __be32 addr)
{
	struct flowi4 fl4 = { .daddr = addr };
	struct rtable *rt = ip_route_output_key(net, &fl4);
	int type = RTN_UNICAST;

	if (!IS_ERR(rt)) {
		type = rt->rt_type;
		ip_rt_put(rt);
	}
	return type;
}

static int check_addr(struct genl_info *info, const struct dsr_service *service,
		      const struct in6_addr *addr)
{
	struct net *net = genl_info_net(info);
	bool own;
	int type;

	if (ipv6_addr_equal(addr, &service->config.addr))
		return dsr_nl_refuse(info, DSR_A_REAL_ADDR, -EINVAL,
				     "that is the VIP: a real has an address of its own");
	if (dsr_addr_is_v4(addr)) {
		type = route_type4(net, dsr_addr_v4(addr));
		if (type == RTN_BROADCAST)
			return dsr_nl_refuse(info, DSR_A_REAL_ADDR, -EINVAL,
					     "not a unicast address");
		own = type == RTN_LOCAL;
	} else {
		own = ipv6_chk_addr(net, addr, NULL, 0);
	}
	if (own)
		return dsr_nl_refuse(info, DSR_A_REAL_ADDR, -EINVAL,
				     "that is an address of this host");
	if (ipv6_addr_type(addr) & IPV6_ADDR_LINKLOCAL && !info->attrs[DSR_A_REAL_DEV])
		return dsr_nl_refuse(info, DSR_A_REAL_ADDR, -EINVAL,
				     "a link-local address needs dev");
	return 0;
}

static int apply_add(struct genl_info *info, struct dsr_service *service,
		     const struct dsr_real_config *config)
{
	struct dsr_real *real = dsr_real_add(service, config);

	switch (PTR_ERR_OR_ZERO(real)) {
	case 0:
		return 0;
	case -EEXIST:
		return dsr_nl_refuse(info, DSR_A_REAL_ADDR, -EEXIST,
				     "the service has a real with this address already");
	case -ENOSPC:
		return dsr_nl_refuse(info, DSR_A_REAL_SERVICE, -ENOSPC,
				     "the service has 65535 reals, it can take no more");
	default:
		return PTR_ERR(real);
	}
}

int dsr_nl_real_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_real_config config = { .weight = 1, .state = DSR_STATE_UP };
	struct dsr_net *dn = dsr_nl_net(info);
	struct dsr_service *service;
	int err;

	err = parse_add(info, &config);
	if (err)
		return err;
	mutex_lock(&dn->lock);
	service = named_service(dn, info, &err);
	if (!service)
		goto out_unlock;
	err = check_addr(info, service, &config.key.addr);
	if (!err && config.key.dev[0])
		err = check_dev(info, config.key.dev);
	if (!err)
		err = apply_add(info, service, &config);
out_unlock:
	mutex_unlock(&dn->lock);
	return err;
}

int dsr_nl_real_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_nl_net(info);
	struct dsr_real_config config;
	struct dsr_real *real;
	int err;

	mutex_lock(&dn->lock);
	real = named(dn, info, &err);
	if (!real)
		goto out_unlock;
	config = real->config;
	err = parse_changes(info, &config);
	if (!err)
		err = dsr_real_set(real, &config);
out_unlock:
	mutex_unlock(&dn->lock);
	return err;
}

int dsr_nl_real_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_nl_net(info);
	struct dsr_real *real;
	int err;

	mutex_lock(&dn->lock);
	real = named(dn, info, &err);
	if (real)
		dsr_real_del(real);
	mutex_unlock(&dn->lock);
	return err;
}
