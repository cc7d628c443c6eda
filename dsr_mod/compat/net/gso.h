/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Linux 6.5 moved the GSO helpers here from netdevice.h and skbuff.h.
 */
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include_next <net/gso.h>
#else
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#endif
