// SPDX-License-Identifier: GPL-2.0
/*
 * service-get, service-add, service-set, service-del.
 */
#include <linux/ctype.h>
#include <linux/netlink.h>

#include "core/real.h"
#include "core/service.h"
#include "ctl/ctl.h"
#include "sched/sched.h"

/* Beside a much heavier one a real may be in the table and get no row. */
static u32 count_active(const struct dsr_service *service)
{
	const struct dsr_real *real;
	u32 n = 0;

	list_for_each_entry(real, &service->reals, list)
		n += !!real->rows;
	return n;
}

/* The message of a service that is, for one moment, as @service is. */
static int put(struct sk_buff *skb, const struct dsr_service *service)
{
	const struct dsr_service_config *config = &service->config;
	const struct dsr_table *table = dsr_dereference(service->table, service->dn);
	struct dsr_sum sum;

	dsr_service_sum(service, &sum);
	if (nla_put_u32(skb, DSR_A_SERVICE_ID, service->id) ||
	    nla_put_string(skb, DSR_A_SERVICE_NAME, config->name) ||
	    nla_put_in6_addr(skb, DSR_A_SERVICE_ADDR, &config->addr) ||
	    nla_put_u16(skb, DSR_A_SERVICE_PORT, config->port) ||
	    nla_put_u32(skb, DSR_A_SERVICE_PROTO, config->proto) ||
	    nla_put_u32(skb, DSR_A_SERVICE_SCHED, config->sched) ||
	    nla_put_u32(skb, DSR_A_SERVICE_TABLE_SIZE, config->table_size) ||
	    nla_put_u64_64bit(skb, DSR_A_SERVICE_SEED, config->seed, DSR_A_SERVICE_PAD) ||
	    nla_put_u64_64bit(skb, DSR_A_SERVICE_DIGEST, table ? table->digest : 0,
			      DSR_A_SERVICE_PAD) ||
	    nla_put_u32(skb, DSR_A_SERVICE_REALS, service->n_reals) ||
	    nla_put_u32(skb, DSR_A_SERVICE_ACTIVE, table ? count_active(service) : 0))
		return -EMSGSIZE;
	return dsr_nl_put_counters(skb, DSR_A_SERVICE_COUNTERS, &sum);
}

/**
 * dsr_nl_fill_service() - a message about a service
 * @reply: where
 * @cb: the dump that it is part of, or NULL
 * @service: the service
 *
 * Context: Process context, under the lock of the namespace.
 * Return: 0 or -EMSGSIZE.
 */
int dsr_nl_fill_service(const struct dsr_nl_reply *reply, struct netlink_callback *cb,
			const struct dsr_service *service)
{
	void *header = dsr_nl_put_header(reply, cb);

	if (!header)
		return -EMSGSIZE;
	if (put(reply->skb, service)) {
		genlmsg_cancel(reply->skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(reply->skb, header);
	return 0;
}

/* The service that a request names, or NULL with the refusal in @err. */
static struct dsr_service *named(struct dsr_net *dn, struct genl_info *info, int *err)
{
	struct dsr_service *service;

	*err = -EINVAL;
	if (dsr_nl_missing(info, DSR_A_SERVICE_NAME, "name"))
		return NULL;
	service = dsr_service_by_name(dn, nla_data(info->attrs[DSR_A_SERVICE_NAME]));
	*err = service ? 0 : dsr_nl_refuse(info, DSR_A_SERVICE_NAME, -ENOENT,
					   "no service has this name");
	return service;
}

int dsr_nl_service_get_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_nl_net(info);
	struct dsr_service *service;
	struct dsr_nl_reply reply;
	int err;

	if (!dsr_nl_reply_alloc(&reply, info, DSR_CMD_SERVICE_GET))
		return -ENOMEM;
	dsr_rebuild_lock(dn);
	service = named(dn, info, &err);
	if (service)
		err = dsr_nl_fill_service(&reply, NULL, service);
	mutex_unlock(&dn->lock);
	if (!err)
		return genlmsg_reply(reply.skb, info);
	nlmsg_free(reply.skb);
	return err;
}

int dsr_nl_service_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dsr_nl_reply reply = dsr_nl_dump_reply(skb, cb, DSR_CMD_SERVICE_GET);
	struct nlattr *name = dsr_genl_dump_attrs(cb)[DSR_A_SERVICE_NAME];
	struct dsr_net *dn = dsr_net(sock_net(skb->sk));
	struct dsr_service *service;
	unsigned long id = cb->args[0];

	if (name) {
		NL_SET_ERR_MSG_ATTR(cb->extack, name, "a dump shows all services: do not name one");
		return -EINVAL;
	}
	dsr_rebuild_lock(dn);
	cb->seq = dn->generation;
	xa_for_each_start(&dn->services, id, service, cb->args[0]) {
		if (dsr_nl_fill_service(&reply, cb, service))
			break;
		cb->args[0] = id + 1;
	}
	mutex_unlock(&dn->lock);
	return skb->len;
}

/* To the kernel's isalnum() half of Latin-1 are letters, to a name's readers they are not. */
static bool name_valid(const char *name)
{
	const char *c;

	for (c = name; *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && !strchr("._-", *c)))
			return false;
	return name[0] && name[0] != '-';
}

/* Take over what is there of what may be changed. */
static int parse_changes(struct genl_info *info, struct dsr_service_config *config)
{
	struct nlattr **attrs = info->attrs;

	if (attrs[DSR_A_SERVICE_SCHED])
		config->sched = nla_get_u32(attrs[DSR_A_SERVICE_SCHED]);
	if (attrs[DSR_A_SERVICE_TABLE_SIZE])
		config->table_size = nla_get_u32(attrs[DSR_A_SERVICE_TABLE_SIZE]);
	if (attrs[DSR_A_SERVICE_SEED])
		config->seed = nla_get_u64(attrs[DSR_A_SERVICE_SEED]);
	if (!dsr_sched_size_valid(config->table_size))
		return dsr_nl_refuse(info, DSR_A_SERVICE_TABLE_SIZE, -EINVAL,
				     "the table size is not a prime number");
	return 0;
}

static int parse_add(struct genl_info *info, struct dsr_service_config *config)
{
	struct nlattr **attrs = info->attrs;
	int err;

	if (dsr_nl_missing(info, DSR_A_SERVICE_NAME, "name") ||
	    dsr_nl_missing(info, DSR_A_SERVICE_ADDR, "addr") ||
	    dsr_nl_missing(info, DSR_A_SERVICE_PORT, "port") ||
	    dsr_nl_missing(info, DSR_A_SERVICE_PROTO, "proto"))
		return -EINVAL;

	nla_strscpy(config->name, attrs[DSR_A_SERVICE_NAME], sizeof(config->name));
	if (!name_valid(config->name))
		return dsr_nl_refuse(info, DSR_A_SERVICE_NAME, -EINVAL,
				     "a name is letters, digits and \"._-\", not \"-\" first");
	config->addr = nla_get_in6_addr(attrs[DSR_A_SERVICE_ADDR]);
	err = dsr_nl_check_unicast(info, DSR_A_SERVICE_ADDR, &config->addr);
	if (err)
		return err;
	config->port = nla_get_u16(attrs[DSR_A_SERVICE_PORT]);
	config->proto = nla_get_u32(attrs[DSR_A_SERVICE_PROTO]);
	config->table_size = dsr_param_table_size();
	return parse_changes(info, config);
}

int dsr_nl_service_add_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_service_config config = { .sched = DSR_SCHED_MAGLEV };
	struct dsr_net *dn = dsr_nl_net(info);
	struct dsr_service *service;
	int err;

	err = parse_add(info, &config);
	if (err)
		return err;
	mutex_lock(&dn->lock);
	service = dsr_service_add(dn, &config);
	mutex_unlock(&dn->lock);
	switch (PTR_ERR_OR_ZERO(service)) {
	case 0:
		return 0;
	case -EEXIST:
		return dsr_nl_refuse(info, DSR_A_SERVICE_NAME, -EEXIST,
				     "a service has this name already");
	case -EADDRINUSE:
		return dsr_nl_refuse(info, DSR_A_SERVICE_ADDR, -EEXIST,
				     "another service has this address, port and protocol");
	default:
		return PTR_ERR(service);
	}
}

int dsr_nl_service_set_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_nl_net(info);
	struct dsr_service_config config;
	struct dsr_service *service;
	int err;

	mutex_lock(&dn->lock);
	service = named(dn, info, &err);
	if (!service)
		goto out_unlock;
	config = service->config;
	err = parse_changes(info, &config);
	if (!err)
		dsr_service_set(service, &config);
out_unlock:
	mutex_unlock(&dn->lock);
	return err;
}

int dsr_nl_service_del_doit(struct sk_buff *skb, struct genl_info *info)
{
	struct dsr_net *dn = dsr_nl_net(info);
	struct dsr_service *service;
	int err;

	mutex_lock(&dn->lock);
	service = named(dn, info, &err);
	if (service)
		dsr_service_del(service);
	mutex_unlock(&dn->lock);
	return err;
}
