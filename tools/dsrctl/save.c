// SPDX-License-Identifier: GPL-2.0
/*
 * dsrctl save: the commands that bring about what is configured. Defaults are
 * left out, unless the defaults of this host are not those of the next.
 */
#include <stdio.h>
#include <string.h>

#include <linux/dsr.h>

#include "dsrctl.h"

const char save_help[] =
"dsrctl save\n"
"\n"
"Prints the commands that configure a host like this one:\n"
"\n"
"dsrctl save > FILE\n"
"dsrctl -batch FILE\n";

#define DEFAULT_ARP_IGNORE	1
#define DEFAULT_ARP_ANNOUNCE	2
#define DEFAULT_TABLE_SIZE	65537

/* A module parameter, or what it is if nobody changed it. */
static unsigned int parameter(const char *name, unsigned int usual)
{
	char path[64], line[32] = "";
	uint64_t number;
	FILE *file;

	snprintf(path, sizeof(path), "/sys/module/dsr/parameters/%s", name);
	file = fopen(path, "re");
	if (!file)
		return usual;
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	return args_number(line, 0, UINT32_MAX, &number) ? number : usual;
}

/*
 * A value may be left out if this host and any other take it for granted. It
 * must be printed if a parameter says otherwise here.
 */
static bool is_default(const char *name, unsigned int value,
		       unsigned int usual)
{
	return value == usual && parameter(name, usual) == usual;
}

/* The name of a device may have quotes in it. */
static void save_word(const char *word)
{
	if (!strpbrk(word, "\"'\\#")) {
		fputs(word, stdout);
		return;
	}
	putchar('"');
	for (; *word; word++) {
		if (strchr("\"\\", *word))
			putchar('\\');
		putchar(*word);
	}
	putchar('"');
}

static void save_value(const struct object *obj, const void *rec,
		       unsigned int attr)
{
	char text[OBJECT_TEXT];

	putchar(' ');
	save_word(object_text(obj, rec, attr, text));
}

static void save_attr(const struct object *obj, const void *rec,
		      unsigned int attr)
{
	printf(" %s", object_word(obj, attr));
	save_value(obj, rec, attr);
}

static void save_role(const struct role *role)
{
	printf("role add");
	save_attr(&role_object, role, DSR_A_ROLE_DEV);
	save_value(&role_object, role, DSR_A_ROLE_ROLE);
	if (object_has(role, DSR_A_ROLE_ARP_IGNORE) &&
	    !is_default("arp_ignore", role->arp_ignore, DEFAULT_ARP_IGNORE))
		save_attr(&role_object, role, DSR_A_ROLE_ARP_IGNORE);
	if (object_has(role, DSR_A_ROLE_ARP_ANNOUNCE) &&
	    !is_default("arp_announce", role->arp_announce,
			DEFAULT_ARP_ANNOUNCE))
		save_attr(&role_object, role, DSR_A_ROLE_ARP_ANNOUNCE);
	putchar('\n');
}

static void save_real(const struct real *real)
{
	printf("real add");
	save_value(&real_object, real, DSR_A_REAL_SERVICE);
	save_value(&real_object, real, DSR_A_REAL_ADDR);
	if (object_has(real, DSR_A_REAL_DEV))
		save_attr(&real_object, real, DSR_A_REAL_DEV);
	if (object_has(real, DSR_A_REAL_LLADDR))
		save_attr(&real_object, real, DSR_A_REAL_LLADDR);
	if (real->weight != 1)
		save_attr(&real_object, real, DSR_A_REAL_WEIGHT);
	if (real->state != DSR_STATE_UP)
		save_attr(&real_object, real, DSR_A_REAL_STATE);
	putchar('\n');
}

static void save_service(const struct snapshot *all,
			 const struct service *service)
{
	char endpoint[ENDPOINT_TEXT];
	const struct real *reals;
	size_t i, n;

	printf("service add");
	save_value(&service_object, service, DSR_A_SERVICE_NAME);
	printf(" %s", service_endpoint(service, endpoint));
	if (service->sched != DSR_SCHED_MAGLEV)
		save_attr(&service_object, service, DSR_A_SERVICE_SCHED);
	if (!is_default("table_size", service->table_size, DEFAULT_TABLE_SIZE))
		save_attr(&service_object, service, DSR_A_SERVICE_TABLE_SIZE);
	if (service->seed)
		save_attr(&service_object, service, DSR_A_SERVICE_SEED);
	putchar('\n');

	reals = snapshot_reals(all, service, &n);
	for (i = 0; i < n; i++)
		save_real(&reals[i]);
}

static void save_vip(const struct vip *vip)
{
	printf("vip add");
	save_value(&vip_object, vip, DSR_A_VIP_ADDR);
	if (!object_has(vip, DSR_A_VIP_DEV))
		printf(" noaddr");
	else if (strcmp(vip->dev, "lo"))
		save_attr(&vip_object, vip, DSR_A_VIP_DEV);
	putchar('\n');
}

static void save_all(const struct snapshot *all)
{
	size_t i;

	for (i = 0; i < all->roles.n; i++)
		save_role(list_at(&all->roles, i));
	for (i = 0; i < all->services.n; i++)
		save_service(all, list_at(&all->services, i));
	for (i = 0; i < all->vips.n; i++)
		save_vip(list_at(&all->vips, i));
}

/**
 * save_run - dsrctl save
 * @ctl: where
 * @args: none
 *
 * Return: exit code.
 */
int save_run(struct dsrctl *ctl, struct args *args)
{
	struct snapshot all;
	int err;

	if (args->n)
		return dsrctl_too_many(ctl, args);
	if (ctl->out.json)
		return dsrctl_misused(ctl, "prints commands, not JSON (-j show)");
	snapshot_init(&all);
	err = snapshot_read_all(ctl, &all);
	if (!err && (all.roles.torn || all.services.torn || all.reals.torn ||
		     all.vips.torn))
		err = REFUSED;
	if (!err)
		save_all(&all);
	snapshot_free(&all);
	return err;
}
