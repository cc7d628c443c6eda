// SPDX-License-Identifier: GPL-2.0
/*
 * dsrctl: the tool for Direct Server Return: options, and the table of objects.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dsrctl.h"

#ifndef DSR_VERSION
#define DSR_VERSION	"unknown"
#endif

static const char main_help[] =
"dsrctl [ OPTIONS ] { role | service | real | vip } { add | set | del | show | help } ...\n"
"dsrctl [ OPTIONS ] { show | stats | monitor | save | help }\n"
"dsrctl [ OPTIONS ] -batch { FILE | - } [ -force ]\n"
"\n"
"-j           print JSON\n"
"-p           with -j: over many lines\n"
"-n NETNS     in a network namespace, by name or path\n"
"-t           monitor says when\n"
"-batch FILE  do the commands in FILE, - is standard input\n"
"-force       do not stop at a command that fails\n"
"-V           print the version\n"
"-h           print this\n";

static int help_run(struct dsrctl *ctl, struct args *args);

static const struct command objects[] = {
	{ "role", NULL, role_help, role_commands },
	{ "service", NULL, service_help, service_commands },
	{ "real", NULL, real_help, real_commands },
	{ "vip", NULL, vip_help, vip_commands },
	{ "show", show_run, show_help, NULL },
	{ "stats", stats_run, stats_help, NULL },
	{ "monitor", monitor_run, monitor_help, NULL },
	{ "save", save_run, save_help, NULL },
	{ "help", help_run, main_help, NULL },
	{ 0 }
};

static int help_run(struct dsrctl *ctl, struct args *args)
{
	const struct command *object;

	if (args->n)
		return dsrctl_too_many(ctl, args);
	fputs(main_help, stdout);
	for (object = objects; object->word; object++)
		if (object->run != help_run)
			printf("\n%s", object->help);
	return DONE;
}

static int no_command(struct dsrctl *ctl, const struct command *commands,
		      const char *word)
{
	char words[80] = "";

	for (; commands->word; commands++)
		names_join(words, sizeof(words), commands->word);
	names_join(words, sizeof(words), "help");
	args_complain(&ctl->why, word, "is not a command (%s)", words);
	return dsrctl_complained(ctl);
}

/* An object without a command is shown. */
static int run_object(struct dsrctl *ctl, const struct command *object,
		      struct args *args)
{
	const struct command *command;
	const char *word;

	ctl->object = object->word;
	if (args->n == 1 && !strcmp(*args->word, "help")) {
		fputs(object->help, stdout);
		return DONE;
	}
	if (object->run)
		return object->run(ctl, args);
	word = args_next(args);
	for (command = object->commands; command->word; command++)
		if (!word || !strcmp(command->word, word))
			break;
	if (!command->word)
		return no_command(ctl, object->commands, word);
	ctl->command = command->word;
	return command->run(ctl, args);
}

/**
 * dsrctl_run - do one command
 * @ctl: where
 * @args: its words, at least one
 *
 * Return: exit code.
 */
int dsrctl_run(struct dsrctl *ctl, struct args *args)
{
	const char *word = args_next(args);
	const struct command *object;
	char words[80] = "";

	ctl->object = NULL;
	ctl->command = NULL;
	for (object = objects; object->word; object++) {
		if (!strcmp(object->word, word))
			return run_object(ctl, object, args);
		names_join(words, sizeof(words), object->word);
	}
	args_complain(&ctl->why, word, "is not an object (%s)", words);
	return dsrctl_complained(ctl);
}

static int enter_netns(struct dsrctl *ctl, const char *name)
{
	char path[PATH_MAX];
	int fd, err = DONE;

	if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
		return dsrctl_misused(ctl, "-n: \"%s\" is not a network namespace",
				      name);
	snprintf(path, sizeof(path), "%s%s",
		 strchr(name, '/') ? "" : "/run/netns/", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return dsrctl_refused(ctl, "cannot open network namespace \"%.80s\": %s",
				      name, strerror(errno));
	if (setns(fd, CLONE_NEWNET))
		err = dsrctl_refused(ctl, "cannot enter network namespace \"%.80s\": %s",
				     name, strerror(errno));
	close(fd);
	return err;
}

/**
 * struct options - what the words before the object say
 * @netns: network namespace, NULL for this one
 * @batch: file, NULL without
 * @force: do not stop at a command that fails
 * @version: print the version, do nothing
 * @help: print help, do nothing
 */
struct options {
	const char *netns;
	const char *batch;
	bool force;
	bool version;
	bool help;
};

static bool parse_option(struct dsrctl *ctl, struct args *args,
			 struct options *options)
{
	const char *word = args_next(args);
	const char **value = NULL;

	if (!strcmp(word, "-j"))
		ctl->out.json = true;
	else if (!strcmp(word, "-p"))
		ctl->out.pretty = true;
	else if (!strcmp(word, "-t"))
		ctl->timestamp = true;
	else if (!strcmp(word, "-force"))
		options->force = true;
	else if (!strcmp(word, "-V") || !strcmp(word, "--version"))
		options->version = true;
	else if (!strcmp(word, "-h") || !strcmp(word, "--help"))
		options->help = true;
	else if (!strcmp(word, "-n"))
		value = &options->netns;
	else if (!strcmp(word, "-batch"))
		value = &options->batch;
	else
		return args_complain(&ctl->why, word,
				     "is not an option (dsrctl -h)");
	if (!value)
		return true;
	if (*value)
		return args_complain(&ctl->why, word, "is given twice");
	*value = args_next(args);
	return *value || args_complain(&ctl->why, word, "needs a value");
}

static int run(struct dsrctl *ctl, struct args *args)
{
	struct options options = { 0 };
	struct args none = { 0 };
	int err;

	while (args->n && **args->word == '-')
		if (!parse_option(ctl, args, &options))
			return dsrctl_complained(ctl);
	if (options.version) {
		printf("dsrctl %s\n", DSR_VERSION);
		return DONE;
	}
	if (options.help)
		return help_run(ctl, &none);
	if (options.batch && args->n)
		return dsrctl_misused(ctl, "\"%.80s\" is one word too many after -batch",
				      *args->word);
	if (options.force && !options.batch)
		return dsrctl_misused(ctl, "-force is for -batch only");
	if (!options.batch && !args->n)
		return dsrctl_misused(ctl, "no object given (dsrctl help)");
	if (options.netns) {
		err = enter_netns(ctl, options.netns);
		if (err)
			return err;
	}
	return options.batch ? batch_run(ctl, options.batch, options.force) :
			       dsrctl_run(ctl, args);
}

int main(int argc, char **argv)
{
	static struct dsrctl ctl;
	struct args args = { .word = argv + 1, .n = argc - 1 };
	int err;

	if (argc < 1)
		args.n = 0;
	err = run(&ctl, &args);
	if (!out_flush(&ctl.out)) {
		ctl.batch = NULL;
		ctl.object = NULL;
		dsrctl_refused(&ctl, "cannot print: %s",
			       strerror(ctl.out.err));
		err = err ? err : REFUSED;
	}
	nl_close(&ctl.genl);
	nl_close(&ctl.route);
	free(ctl.out.cells);
	return err;
}
