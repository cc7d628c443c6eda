// SPDX-License-Identifier: GPL-2.0
/*
 * Plants one bug, to see whether the debug kernel and the gate behind it tell. Never load it on a
 * machine that anybody needs.
 *
 *	insmod planted.ko plant=leak
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/nsproxy.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <net/net_namespace.h>

static char *plant = "nothing";
module_param(plant, charp, 0444);
MODULE_PARM_DESC(plant, "the bug to plant");

/* What the compiler must not see through. */
static void *volatile hidden;
static volatile int by = 40;

static int plant_nothing(void)
{
	return 0;
}

static int plant_leak(void)
{
	int i;

	/* Several: a stale pointer in a register or on a stack may hide one. */
	for (i = 0; i < 8; i++)
		hidden = kmalloc(100 + i, GFP_KERNEL);
	hidden = NULL;
	return 0;
}

/* What a test that is repeated does: the report is long. */
static int plant_leaks(void)
{
	int i;

	for (i = 0; i < 500; i++)
		hidden = kmalloc(100, GFP_KERNEL);
	hidden = NULL;
	return 0;
}

static int plant_use_after_free(void)
{
	char *p = kmalloc(64, GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	hidden = p;
	kfree(p);
	return READ_ONCE(((char *)hidden)[8]) & 0;
}

static int plant_out_of_bounds(void)
{
	char *p = kmalloc(60, GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	hidden = p;
	WRITE_ONCE(((char *)hidden)[60], 1);
	kfree(p);
	return 0;
}

static int plant_double_free(void)
{
	hidden = kmalloc(64, GFP_KERNEL);
	kfree(hidden);
	kfree(hidden);
	return 0;
}

static DEFINE_SPINLOCK(one);
static DEFINE_SPINLOCK(two);

static int plant_sleep_in_atomic(void)
{
	spin_lock(&one);
	msleep(20);
	spin_unlock(&one);
	return 0;
}

static int plant_lock_order(void)
{
	spin_lock(&one);
	spin_lock(&two);
	spin_unlock(&two);
	spin_unlock(&one);

	spin_lock(&two);
	spin_lock(&one);
	spin_unlock(&one);
	spin_unlock(&two);
	return 0;
}

static int __rcu *guarded;

static int plant_rcu(void)
{
	return rcu_dereference(guarded) ? -EEXIST : 0;
}

static int plant_shift(void)
{
	return (1 << by) & 0;
}

struct timed {
	struct timer_list timer;
};

static void timed_out(struct timer_list *t)
{
}

static int plant_live_object(void)
{
	struct timed *t = kmalloc(sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	timer_setup(&t->timer, timed_out, 0);
	mod_timer(&t->timer, jiffies + 3600 * HZ);
	kfree(t);
	return 0;
}

static int plant_list(void)
{
	static LIST_HEAD(head);
	struct list_head entry;

	list_add(&entry, &head);
	list_del(&entry);
	list_del(&entry);
	return 0;
}

/* The loopback device of the namespace we are loaded from never goes. */
static int plant_netdev_ref(void)
{
	static netdevice_tracker tracker;

	netdev_hold(current->nsproxy->net_ns->loopback_dev, &tracker, GFP_KERNEL);
	return 0;
}

static int plant_warning(void)
{
	WARN_ON_ONCE(by == 40);
	return 0;
}

static int shared;

static int racer(void *unused)
{
	while (!kthread_should_stop()) {
		shared++;
		cond_resched();
	}
	return 0;
}

static int plant_race(void)
{
	struct task_struct *t[2];
	int i;

	for (i = 0; i < 2; i++)
		t[i] = kthread_run(racer, NULL, "planted/%d", i);
	msleep(10000);
	for (i = 0; i < 2; i++)
		if (!IS_ERR(t[i]))
			kthread_stop(t[i]);
	return 0;
}

static int plant_hang(void)
{
	DECLARE_COMPLETION_ONSTACK(never);

	wait_for_completion(&never);
	return 0;
}

/* Longer than RCU_CPU_STALL_TIMEOUT, and with the CPU free for others: only RCU minds. */
static int plant_stall(void)
{
	unsigned long end = jiffies + 80 * HZ;

	rcu_read_lock();
	while (time_before(jiffies, end))
		cpu_relax();
	rcu_read_unlock();
	return 0;
}

static int plant_spin(void)
{
	preempt_disable();
	while (!hidden)
		cpu_relax();
	preempt_enable();
	return 0;
}

static const struct {
	const char *name;
	int (*run)(void);
} plants[] = {
	{ "nothing", plant_nothing },
	{ "leak", plant_leak },
	{ "leaks", plant_leaks },
	{ "use-after-free", plant_use_after_free },
	{ "out-of-bounds", plant_out_of_bounds },
	{ "double-free", plant_double_free },
	{ "sleep-in-atomic", plant_sleep_in_atomic },
	{ "lock-order", plant_lock_order },
	{ "rcu", plant_rcu },
	{ "shift", plant_shift },
	{ "live-object", plant_live_object },
	{ "list", plant_list },
	{ "netdev-ref", plant_netdev_ref },
	{ "warning", plant_warning },
	{ "race", plant_race },
	{ "hang", plant_hang },
	{ "stall", plant_stall },
	{ "spin", plant_spin },
};

static int __init planted_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(plants); i++)
		if (!strcmp(plants[i].name, plant))
			return plants[i].run();
	return -ENOENT;
}
module_init(planted_init);

static void __exit planted_exit(void)
{
}
module_exit(planted_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Plants bugs for the tests of the tests");
