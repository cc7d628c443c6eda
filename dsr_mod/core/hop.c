// SPDX-License-Identifier: GPL-2.0
/*
 * Where reals are on the wire, as the kernel's neighbour tables know it.
 *
 * A balancer never sees a reply, so nothing confirms the neighbour entry of a
 * real as traffic does for others, and packets that are sent with a copied MAC
 * address do not even mark it as used. So DSR asks by itself, once an interval,
 * unless the entry was confirmed just now: twice by unicast, and if there was no
 * answer once more so that everybody hears it, for the real may have another MAC
 * address by now. An entry that does not answer is failed, as the kernel would do
 * in the end, and from then on the kernel is made to ask for it once an interval.
 */
#include <linux/etherdevice.h>
#include <linux/inetdevice.h>
#include <linux/slab.h>
#include <net/addrconf.h>
#include <net/arp.h>
#include <net/ip6_route.h>
#include <net/ndisc.h>
#include <net/neighbour.h>
#include <net/route.h>

#include "core/event.h"
#include "core/hop.h"
#include "core/real.h"
#include "core/service.h"

/* States in which the kernel has a MAC address and does not ask for it. */
#define KNOWN	(NUD_REACHABLE | NUD_STALE | NUD_DELAY)

/* What is known of a hop at one moment. */
struct view {
	struct net_device *dev;
	enum dsr_reach reach;
	u8 mac[ETH_ALEN];
};

static struct hlist_head *bucket(struct dsr_map *map, const struct in6_addr *addr)
{
	return &map->hop[dsr_addr_hash(addr)];
}

static bool same_key(const struct dsr_hop_key *a, const struct dsr_hop_key *b)
{
	return ipv6_addr_equal(&a->addr, &b->addr) && !strcmp(a->dev, b->dev) &&
	       ether_addr_equal_unaligned(a->lladdr, b->lladdr);
}

static bool was_found(const struct dsr_hop *hop)
{
	return hop->reach == DSR_REACH_REACHABLE || hop->reach == DSR_REACH_UNREACHABLE;
}

/**
 * dsr_hop_pinned() - whether the user gave the MAC address
 * @hop: the hop
 *
 * Context: Any.
 * Return: true if it is pinned.
 */
bool dsr_hop_pinned(const struct dsr_hop *hop)
{
	return !is_zero_ether_addr(hop->key.lladdr);
}

/**
 * dsr_hop_get() - find the hop for a real, or make one
 * @dn: the namespace
 * @key: what the real needs
 *
 * A new hop without reals would stay for ever: dsr_hop_join() must follow.
 *
 * Context: Process context, under @dn's lock, may sleep.
 * Return: the hop, or NULL if there is no memory.
 */
struct dsr_hop *dsr_hop_get(struct dsr_net *dn, const struct dsr_hop_key *key)
{
	struct dsr_map *map = dsr_net_map(dn);
	struct dsr_hop *hop;

	if (!map)
		return NULL;
	hlist_for_each_entry(hop, bucket(map, &key->addr), node)
		if (same_key(&hop->key, key))
			return hop;

	hop = kzalloc(sizeof(*hop), GFP_KERNEL_ACCOUNT);
	if (!hop)
		return NULL;
	hop->dn = dn;
	hop->key = *key;
	hop->reach = DSR_REACH_NO_DEVICE;
	INIT_LIST_HEAD(&hop->reals);
	list_add_tail(&hop->list, &dn->hops);
	hlist_add_head_rcu(&hop->node, bucket(map, &key->addr));
	return hop;
}

/**
 * dsr_hop_join() - let a real use a hop
 * @hop: the hop
 * @real: the real
 *
 * Context: Process context, under the lock of the namespace.
 */
void dsr_hop_join(struct dsr_hop *hop, struct dsr_real *real)
{
	list_add_tail(&real->hop_list, &hop->reals);
}

/**
 * dsr_hop_leave() - let a real use a hop no more
 * @real: the real
 *
 * Context: Process context, under the lock of the namespace.
 */
void dsr_hop_leave(struct dsr_real *real)
{
	list_del(&real->hop_list);
}

/**
 * dsr_hop_release() - free a hop that no real uses
 * @hop: the hop, which no packet that starts now finds through a real
 *
 * Context: Process context, under the lock of the namespace.
 */
void dsr_hop_release(struct dsr_hop *hop)
{
	struct dsr_fwd *fwd = dsr_dereference(hop->fwd, hop->dn);

	if (!list_empty(&hop->reals))
		return;
	list_del(&hop->list);
	hlist_del_rcu(&hop->node);
	if (fwd)
		kfree_rcu(fwd, rcu);
	kfree_rcu(hop, rcu);
}

static bool wanted(const struct dsr_hop *hop)
{
	const struct dsr_real *real;

	list_for_each_entry(real, &hop->reals, hop_list)
		if (real->config.state != DSR_STATE_DOWN)
			return true;
	return false;
}

/* A lack of memory is no news of where the real is: it has an error of its own.
 * IPv6 does not tell it from a route that is not there.
 */
static struct net_device *route4(struct net *net, __be32 addr)
{
	struct flowi4 fl4 = { .daddr = addr };
	struct net_device *dev = NULL;
	struct rtable *rt;

	rt = ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return rt == ERR_PTR(-ENOBUFS) || rt == ERR_PTR(-ENOMEM) ? ERR_PTR(-ENOMEM) : NULL;
	if (rt->rt_type == RTN_UNICAST && !rt->rt_gw_family)
		dev = rt->dst.dev;
	ip_rt_put(rt);
	return dev;
}

static struct net_device *route6(struct net *net, const struct in6_addr *addr)
{
	struct flowi6 fl6 = { .daddr = *addr };
	struct net_device *dev = NULL;
	struct dst_entry *dst;

	/* Refused by ctl, but nothing of IPv6 may be touched then. */
	if (!ipv6_mod_enabled())
		return NULL;
	dst = ip6_route_output(net, NULL, &fl6);
	if (!dst->error && !(((struct rt6_info *)dst)->rt6i_flags & (RTF_GATEWAY | RTF_LOCAL)))
		dev = dst->dev;
	dst_release(dst);
	return dev;
}

/* The device that leads to a hop, NULL if none can be used now, or ERR_PTR(-ENOMEM).
 * RCU keeps it.
 */
static struct net_device *hop_device(const struct dsr_hop *hop)
{
	const struct in6_addr *addr = &hop->key.addr;
	struct net *net = hop->dn->net;
	struct net_device *dev;

	if (hop->key.dev[0])
		dev = dev_get_by_name_rcu(net, hop->key.dev);
	else if (dsr_addr_is_v4(addr))
		dev = route4(net, dsr_addr_v4(addr));
	else
		dev = route6(net, addr);

	if (IS_ERR(dev))
		return dev;
	if (!dev || dev->reg_state != NETREG_REGISTERED || dev->type != ARPHRD_ETHER)
		return NULL;
	return netif_running(dev) && netif_carrier_ok(dev) ? dev : NULL;
}

static struct neighbour *hop_neigh(const struct dsr_hop *hop, struct net_device *dev)
{
	const struct in6_addr *addr = &hop->key.addr;
	struct neighbour *n;

	if (dsr_addr_is_v4(addr))
		n = __neigh_lookup_errno(&arp_tbl, &addr->s6_addr32[3], dev);
	else if (ipv6_mod_enabled())
		n = __neigh_lookup_errno(&nd_tbl, addr, dev);
	else
		return NULL;
	return IS_ERR(n) ? NULL : n;
}

static bool is_own_mac(struct net *net, const u8 *mac)
{
	const struct net_device *dev;

	for_each_netdev_rcu(net, dev)
		if (dev->addr_len == ETH_ALEN && ether_addr_equal(dev->dev_addr, mac))
			return true;
	return false;
}

/* Whether the kernel can ask for a neighbour without a packet for it, as it is made
 * to here. With ND it takes a link-local address for that, and keeps silent if there
 * is none, but counts as if it had asked: that no answer came says nothing then.
 */
static bool can_ask(const struct dsr_hop *hop, const struct net_device *dev)
{
	struct net *net = hop->dn->net;
	struct in6_addr source;

	return dsr_addr_is_v4(&hop->key.addr) ||
	       (!ipv6_dev_get_saddr(net, dev, &in6addr_linklocal_allnodes, 0, &source) &&
		ipv6_addr_type(&source) & IPV6_ADDR_LINKLOCAL &&
		ipv6_chk_addr_and_flags(net, &source, dev, false, 1,
					IFA_F_TENTATIVE | IFA_F_OPTIMISTIC));
}

static int neigh_parm(const struct neighbour *n, int index)
{
	/* A sysctl, which may be written just now: any value that it had will do. */
	return data_race(n->parms->data[index]);
}

/* Whether the kernel asks at all for who is not known. */
static bool may_broadcast(const struct neighbour *n)
{
	return neigh_parm(n, NEIGH_VAR_MCAST_PROBES) || neigh_parm(n, NEIGH_VAR_APP_PROBES);
}

/* What the neighbour table says; asks it to find out where it does not know, but
 * not for who is unreachable: dsr_hop_probe() does, once an interval.
 * That it does not know says nothing about the hop: entries are flushed, as
 * when the device changes its own address, and thrown out by others when the
 * table is full. Only that it has asked in vain counts, and failed alone does
 * not say that: an entry is failed to be deleted, and stays so if somebody else
 * holds it at that moment.
 */
static void look_at_neigh(const struct dsr_hop *hop, const struct dsr_hop *known, bool vain,
			  struct view *view)
{
	struct neighbour *n;
	u8 state = NUD_NONE;

	/* Where nobody asks anything may change. */
	view->reach = DSR_REACH_RESOLVING;
	if (!wanted(hop))
		return;
	if (was_found(known) && known->ifindex == view->dev->ifindex)
		view->reach = known->reach;
	n = hop_neigh(hop, view->dev);
	if (n)
		state = READ_ONCE(n->nud_state);
	if (state & NUD_VALID) {
		neigh_ha_snapshot(view->mac, n, view->dev);
		view->reach = is_valid_ether_addr(view->mac) ? DSR_REACH_REACHABLE :
							       DSR_REACH_UNREACHABLE;
	} else {
		/* By now somebody may have made the kernel ask again, or taken
		 * the entry's place in a full table.
		 */
		if (vain && hop->ifindex == view->dev->ifindex && can_ask(hop, view->dev))
			view->reach = DSR_REACH_UNREACHABLE;
		/* It will fail at once, and that is no news. */
		if (n && view->reach == DSR_REACH_RESOLVING && !may_broadcast(n))
			view->reach = DSR_REACH_UNREACHABLE;
		if (n && !(state & NUD_INCOMPLETE) && view->reach != DSR_REACH_UNREACHABLE)
			neigh_event_send(n, NULL);
	}
	if (n)
		neigh_release(n);
}

static int look(const struct dsr_hop *hop, const struct dsr_hop *known, bool vain,
		struct view *view)
{
	ether_addr_copy(view->mac, known->mac);
	view->reach = DSR_REACH_NO_DEVICE;
	view->dev = hop_device(hop);
	if (IS_ERR_OR_NULL(view->dev))
		return PTR_ERR_OR_ZERO(view->dev);
	if (dsr_hop_pinned(hop)) {
		memcpy(view->mac, hop->key.lladdr, ETH_ALEN);
		view->reach = DSR_REACH_REACHABLE;
	} else {
		look_at_neigh(hop, known, vain, view);
	}
	if (view->reach == DSR_REACH_REACHABLE && is_own_mac(hop->dn->net, view->mac))
		view->reach = DSR_REACH_OWN_MAC;
	return 0;
}

static bool fwd_matches(const struct dsr_fwd *fwd, const struct view *view)
{
	return fwd && fwd->dev == view->dev && fwd->mtu == READ_ONCE(view->dev->mtu) &&
	       ether_addr_equal_unaligned(fwd->dest, view->mac) &&
	       ether_addr_equal_unaligned(fwd->source, view->dev->dev_addr);
}

static int replace_fwd(struct dsr_hop *hop, const struct view *view)
{
	struct dsr_fwd *old = dsr_dereference(hop->fwd, hop->dn), *fwd = NULL;

	switch (view->reach) {
	case DSR_REACH_REACHABLE:
		if (fwd_matches(old, view))
			return 0;
		fwd = kmalloc(sizeof(*fwd), GFP_ATOMIC | __GFP_ACCOUNT);
		if (!fwd)
			return -ENOMEM;
		fwd->dev = view->dev;
		fwd->mtu = READ_ONCE(view->dev->mtu);
		memcpy(fwd->dest, view->mac, ETH_ALEN);
		memcpy(fwd->source, view->dev->dev_addr, ETH_ALEN);
		break;
	case DSR_REACH_UNREACHABLE:
	case DSR_REACH_RESOLVING:
		/* The table may still name its reals for a moment; sending to
		 * where it was is better than a reset from our own stack.
		 */
		if (!old || old->dev == view->dev)
			return 0;
		break;
	default:
		break;
	}
	rcu_assign_pointer(hop->fwd, fwd);
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

/**
 * dsr_hop_tell() - say that a hop has changed, and have tables follow
 * @hop: the hop
 *
 * Context: Process context, under the lock of the namespace.
 */
void dsr_hop_tell(struct dsr_hop *hop)
{
	struct dsr_real *real;

	list_for_each_entry(real, &hop->reals, hop_list) {
		/* Reals that are leaving are gone for the user, and of those
		 * that are set down he did not ask where they are.
		 */
		if (xa_load(&hop->dn->reals, real->id) == real &&
		    real->config.state != DSR_STATE_DOWN)
			dsr_event_emit(hop->dn, DSR_EVENT_REAL_REACH, real);
		dsr_service_dirty(real->service);
	}
}

/**
 * dsr_hop_update() - bring a hop up to date, and say nothing
 * @hop: the hop
 * @from: another one of the same real, or @hop itself: what is known of that
 *	holds until the neighbour table knows better, if of @hop nothing is and
 *	no other real has it. So a real whose MAC address is not pinned any more
 *	goes on to be sent to, and nobody else to where it was said to be
 *
 * Context: Process context, under the lock of the namespace.
 * Return: 1 if it has changed, so that dsr_hop_tell() should follow, 0 if not;
 *	-ENOMEM if all stays as it is, until the next refresh.
 */
int dsr_hop_update(struct dsr_hop *hop, const struct dsr_hop *from)
{
	const struct dsr_hop *known = hop;
	bool news, vain, other;
	struct view view;
	int err, ifindex;

	dsr_net_assert_locked(hop->dn);
	/* What becomes stale from here on is looked at again; pairs with the
	 * barrier of dsr_hop_mark_stale().
	 */
	smp_store_mb(hop->stale, false);
	vain = xchg(&hop->vain, 0);
	if (!was_found(hop) && from->reach == DSR_REACH_REACHABLE &&
	    list_is_singular(&hop->reals))
		known = from;

	rcu_read_lock();
	err = look(hop, known, vain, &view);
	if (!err)
		err = replace_fwd(hop, &view);
	if (err) {
		if (vain)
			WRITE_ONCE(hop->vain, 1);
		WRITE_ONCE(hop->stale, true);
		rcu_read_unlock();
		return err;
	}
	ifindex = view.dev ? view.dev->ifindex : 0;
	rcu_read_unlock();

	other = ifindex != hop->ifindex || !ether_addr_equal(view.mac, hop->mac);
	news = view.reach != hop->reach || ifindex != hop->ifindex ||
	       (view.reach == DSR_REACH_REACHABLE && other);
	hop->reach = view.reach;
	/* Where it is now, or since nobody asks, it has left nothing unanswered. */
	if (other || !wanted(hop))
		hop->unanswered = 0;
	WRITE_ONCE(hop->ifindex, ifindex);
	ether_addr_copy(hop->mac, view.mac);
	return news;
}

/**
 * dsr_hop_refresh() - bring a hop up to date with devices and neighbours
 * @hop: the hop
 *
 * Context: Process context, under the lock of the namespace.
 */
void dsr_hop_refresh(struct dsr_hop *hop)
{
	if (dsr_hop_update(hop, hop) > 0)
		dsr_hop_tell(hop);
}

/* What the kernel's solicitation is depends on how often it has asked: a unicast
 * less than ucast_solicit times, and after app_solicit more for all to hear. But its
 * count goes on from how it found the neighbour, until it has doubts and begins anew.
 */
static void solicit(struct neighbour *n, bool unicast)
{
	int probes = 0;

	if (!unicast && may_broadcast(n))
		probes = neigh_parm(n, NEIGH_VAR_UCAST_PROBES) +
			 neigh_parm(n, NEIGH_VAR_APP_PROBES);
	write_lock_bh(&n->lock);
	if (n->nud_state & KNOWN)
		atomic_set(&n->probes, probes);
	write_unlock_bh(&n->lock);
	n->ops->solicit(n, NULL);
}

/* Whether the answer to what was asked last is there, and if it is time, ask. */
static void ask(struct dsr_hop *hop, struct neighbour *n, unsigned long interval)
{
	unsigned long confirmed = READ_ONCE(n->confirmed);

	if (hop->unanswered && time_in_range(confirmed, hop->asked, jiffies))
		hop->unanswered = 0;
	/* The answer to the last call's probe is nearly an interval old by now
	 * and does not save this one; what others heard since then does.
	 */
	if (!hop->unanswered && time_in_range_open(jiffies, confirmed, confirmed + interval / 2))
		return;
	if (hop->unanswered >= DSR_HOP_PROBES) {
		/* It may just have said where it is now. */
		if (READ_ONCE(hop->stale))
			return;
		hop->unanswered = 0;
		/* Not as an administrator, who may make it permanent just now, or
		 * have it flagged as managed.
		 */
		if (!neigh_update(n, NULL, NUD_FAILED, 0, 0))
			dsr_hop_mark_stale(hop->dn, &hop->key.addr, n->dev->ifindex, DSR_HOP_VAIN);
		return;
	}
	if (!can_ask(hop, n->dev))
		return;
	if (!hop->unanswered++)
		hop->asked = jiffies;
	solicit(n, hop->unanswered < DSR_HOP_PROBES);
}

static void probe_neigh(struct dsr_hop *hop, struct neighbour *n, unsigned long interval)
{
	u8 state = READ_ONCE(n->nud_state);

	if (state & KNOWN) {
		ask(hop, n, interval);
		return;
	}
	hop->unanswered = 0;
	if (!(state & (NUD_VALID | NUD_INCOMPLETE)))
		neigh_event_send(n, NULL);
}

/**
 * dsr_hop_probe() - ask a hop whether it is still there
 * @hop: the hop
 * @interval: jiffies between two calls
 *
 * To be called once an interval. Leaves it to the kernel while that is asking,
 * and has it ask for who has not answered.
 *
 * Context: Process context, under the lock of the namespace.
 */
void dsr_hop_probe(struct dsr_hop *hop, unsigned long interval)
{
	struct net_device *dev;
	struct neighbour *n = NULL;

	/* Routes have no event that would have been followed. */
	dsr_hop_refresh(hop);
	rcu_read_lock();
	if (!dsr_hop_pinned(hop) && wanted(hop)) {
		dev = hop_device(hop);
		n = IS_ERR_OR_NULL(dev) ? NULL : hop_neigh(hop, dev);
	}
	if (n) {
		probe_neigh(hop, n, interval);
		neigh_release(n);
	} else {
		hop->unanswered = 0;
	}
	rcu_read_unlock();
	if (READ_ONCE(hop->stale))
		dsr_hop_refresh(hop);
}

/**
 * dsr_hop_dev_gone() - forget a device that is going away
 * @dn: the namespace
 * @dev: the device
 *
 * When it returns no packet that starts now finds @dev, and the core waits for
 * a grace period after the notifier before it lets go of @dev.
 *
 * Context: Process context, under RTNL and @dn's lock.
 */
void dsr_hop_dev_gone(struct dsr_net *dn, const struct net_device *dev)
{
	struct dsr_hop *hop;

	dsr_net_assert_locked(dn);
	list_for_each_entry(hop, &dn->hops, list) {
		struct dsr_fwd *fwd = dsr_dereference(hop->fwd, dn);

		if (fwd && fwd->dev == dev) {
			RCU_INIT_POINTER(hop->fwd, NULL);
			kfree_rcu(fwd, rcu);
		}
		if (hop->ifindex == dev->ifindex) {
			WRITE_ONCE(hop->ifindex, 0);
			hop->reach = DSR_REACH_NO_DEVICE;
			dsr_hop_tell(hop);
		}
	}
}

/**
 * dsr_hop_dev_down() - stop using a device that went down
 * @dn: the namespace
 * @dev: the device
 *
 * Context: Process context, under RTNL and @dn's lock.
 */
void dsr_hop_dev_down(struct dsr_net *dn, const struct net_device *dev)
{
	struct dsr_hop *hop;

	dsr_net_assert_locked(dn);
	list_for_each_entry(hop, &dn->hops, list)
		if (hop->ifindex == dev->ifindex)
			dsr_hop_refresh(hop);
}

/**
 * dsr_hop_mark_stale() - note that a neighbour has changed
 * @dn: the namespace
 * @addr: address of the neighbour
 * @ifindex: its device; a hop that does not use that may do so now, or look at
 *	it in vain
 * @news: of what kind the change is
 *
 * Context: Any, so that the neighbour notifier may call it.
 * Return: true if a hop is concerned and wants a dsr_hop_refresh().
 */
bool dsr_hop_mark_stale(struct dsr_net *dn, const struct in6_addr *addr, int ifindex,
			enum dsr_hop_news news)
{
	struct dsr_hop *hop;
	struct dsr_map *map;
	bool found = false;

	rcu_read_lock();
	map = rcu_dereference(dn->map);
	if (map) {
		hlist_for_each_entry_rcu(hop, bucket(map, addr), node) {
			if (!ipv6_addr_equal(&hop->key.addr, addr))
				continue;
			if (news != DSR_HOP_CHANGED && READ_ONCE(hop->ifindex) == ifindex)
				WRITE_ONCE(hop->vain, news == DSR_HOP_VAIN);
			/* Who does not see vain does not make it fresh after
			 * this: dsr_hop_update().
			 */
			smp_mb();
			WRITE_ONCE(hop->stale, true);
			found = true;
		}
	}
	rcu_read_unlock();
	return found;
}
