/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _DSRCTL_H
#define _DSRCTL_H

#include <stdbool.h>

#include "args.h"
#include "nl.h"
#include "object.h"
#include "out.h"

/* Exit codes, which every function with an "int" result returns. */
#define DONE	0
#define REFUSED	1	/* by the kernel or the system */
#define MISUSED	2	/* not a command */

/**
 * struct dsrctl - one run of the tool
 * @batch: name of the batch, NULL without one
 * @line: of the batch
 * @object: of the command, for error messages
 * @command: for error messages, may be NULL
 * @timestamp: monitor says when
 * @why: what is wrong with the words of the command
 * @out: standard output
 * @genl: socket for the family "dsr"
 * @route: socket for addresses
 */
struct dsrctl {
	const char *batch;
	unsigned int line;
	const char *object;
	const char *command;
	bool timestamp;
	struct complaint why;
	struct out out;
	struct nl genl;
	struct nl route;
};

/**
 * struct command - a word and what it does
 * @word: the word
 * @run: does it
 * @help: what "help" prints, for an object
 * @commands: of an object, NULL if it has none
 */
struct command {
	const char *word;
	int (*run)(struct dsrctl *ctl, struct args *args);
	const char *help;
	const struct command *commands;
};

int dsrctl_refused(struct dsrctl *ctl, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int dsrctl_misused(struct dsrctl *ctl, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void dsrctl_notice(struct dsrctl *ctl, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int dsrctl_complained(struct dsrctl *ctl);
int dsrctl_too_many(struct dsrctl *ctl, struct args *args);
int dsrctl_run(struct dsrctl *ctl, struct args *args);

int batch_run(struct dsrctl *ctl, const char *file, bool force);

/* role.c */
struct role {
	uint32_t have;
	uint32_t ifindex;
	char dev[16];
	uint32_t role;
	uint8_t arp_ignore;
	uint8_t arp_announce;
};

extern const struct object role_object;
extern const struct command role_commands[];
extern const char role_help[];

/* service.c */
struct counters {
	uint32_t have;
	uint64_t packets;
	uint64_t bytes;
};

struct service {
	uint32_t have;
	uint32_t id;
	char name[32];
	struct in6_addr addr;
	uint16_t port;
	uint32_t proto;
	uint32_t sched;
	uint32_t table_size;
	uint64_t seed;
	uint64_t digest;
	uint32_t reals;
	uint32_t active;
	struct counters counters;
};

#define ENDPOINT_TEXT	80

extern const struct object counters_object;
extern const struct object service_object;
extern const struct command service_commands[];
extern const char service_help[];
const char *service_endpoint(const struct service *service,
			     char to[ENDPOINT_TEXT]);

/* real.c */
struct real {
	uint32_t have;
	uint32_t id;
	char service[32];
	struct in6_addr addr;
	char dev[16];
	uint8_t lladdr[6];
	uint16_t weight;
	uint32_t state;
	uint32_t reach;
	uint8_t mac[6];
	char egress[16];
	uint32_t rows;
	struct counters counters;
};

extern const struct object real_object;
extern const struct command real_commands[];
extern const char real_help[];
const char *real_mark(const struct real *real);
void real_cells(struct out *out, const void *rec);

/* vip.c */
struct vip_counters {
	uint32_t have;
	uint64_t packets[6];
};

struct vip {
	uint32_t have;
	uint32_t id;
	struct in6_addr addr;
	char dev[16];
	struct vip_counters counters;
};

extern const struct object vip_object;
extern const struct command vip_commands[];
extern const char vip_help[];

/* snapshot.c */

/**
 * struct snapshot - all that is configured, each list in order of creation
 * @roles: by device and role
 * @services: by id
 * @reals: by service, then id
 * @vips: by id
 */
struct snapshot {
	struct list roles;
	struct list services;
	struct list reals;
	struct list vips;
};

void snapshot_init(struct snapshot *all);
void snapshot_sort(struct list *list);
int snapshot_read(struct dsrctl *ctl, struct list *list);
int snapshot_read_all(struct dsrctl *ctl, struct snapshot *all);
const struct real *snapshot_reals(const struct snapshot *all,
				  const struct service *service, size_t *n);
void snapshot_free(struct snapshot *all);

/* show.c, save.c, stats.c, monitor.c */
int show_run(struct dsrctl *ctl, struct args *args);
int save_run(struct dsrctl *ctl, struct args *args);
int stats_run(struct dsrctl *ctl, struct args *args);
int monitor_run(struct dsrctl *ctl, struct args *args);
int show_objects(struct dsrctl *ctl, const struct object *obj,
		 const void *filter, bool one);
extern const char show_help[];
extern const char save_help[];
extern const char stats_help[];
extern const char monitor_help[];

#endif /* _DSRCTL_H */
