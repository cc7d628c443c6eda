// SPDX-License-Identifier: GPL-2.0
/* fuzz: tools/dsrctl/codec.c tools/dsrctl/object.c tools/dsrctl/names.c -lmnl -ljansson */
/*
 * Replies of a kernel that says anything at all: dsrctl's reader takes what it knows, and what it
 * took it can put into a request, print and write as JSON.
 */
#include <jansson.h>
#include <libmnl/libmnl.h>

#include "fuzz.h"
#include "object.h"

struct inner {
	uint32_t have;
	uint64_t packets, bytes;
};

struct thing {
	uint32_t have;
	uint8_t ignore;
	uint16_t weight;
	uint32_t proto, rows;
	uint64_t seed;
	char name[32], dev[16];
	struct in6_addr addr;
	uint8_t lladdr[6];
	struct inner inner;
};

enum { IGNORE = 1, WEIGHT, PROTO, ROWS, SEED, NAME, DEV, ADDR, LLADDR, INNER };
enum { PACKETS = 1, BYTES };

static const char *const inner_attrs[] = { [PACKETS] = "packets", [BYTES] = "bytes" };

static const struct field inner_fields[] = {
	FIELD(inner, PACKETS, KIND_U64, packets),
	FIELD(inner, BYTES, KIND_U64, bytes),
};

static const struct object inner_object = {
	.word = "inner", .attrs = inner_attrs, .nattrs = ARRAY_SIZE(inner_attrs),
	.fields = inner_fields, .nfields = ARRAY_SIZE(inner_fields), .size = sizeof(struct inner),
};

static const char *const thing_attrs[] = {
	[IGNORE] = "ignore", [WEIGHT] = "weight", [PROTO] = "proto", [ROWS] = "rows",
	[SEED] = "seed", [NAME] = "name", [DEV] = "dev", [ADDR] = "addr", [LLADDR] = "lladdr",
	[INNER] = "inner",
};

static const struct field thing_fields[] = {
	FIELD(thing, IGNORE, KIND_U8, ignore),
	FIELD(thing, WEIGHT, KIND_U16, weight),
	FIELD(thing, PROTO, KIND_WORD, proto, .words = proto_words),
	FIELD(thing, ROWS, KIND_U32, rows),
	FIELD(thing, SEED, KIND_HEX64, seed),
	FIELD(thing, NAME, KIND_NAME, name),
	FIELD(thing, DEV, KIND_DEV, dev),
	FIELD(thing, ADDR, KIND_ADDR, addr),
	FIELD(thing, LLADDR, KIND_MAC, lladdr),
	FIELD(thing, INNER, KIND_NEST, inner, .nest = &inner_object),
};

static const struct object thing_object = {
	.word = "thing", .attrs = thing_attrs, .nattrs = ARRAY_SIZE(thing_attrs),
	.fields = thing_fields, .nfields = ARRAY_SIZE(thing_fields), .size = sizeof(struct thing),
};

static void check_texts(const struct thing *thing)
{
	char text[OBJECT_TEXT];
	unsigned int attr;

	for (attr = IGNORE; attr < INNER; attr++)
		if (object_has(thing, attr))
			must(strlen(object_text(&thing_object, thing, attr, text)) < OBJECT_TEXT);
	must(memchr(thing->name, 0, sizeof(thing->name)));
	must(memchr(thing->dev, 0, sizeof(thing->dev)));
}

static void check_again(const struct thing *thing)
{
	static char buffer[512] __attribute__((aligned(8)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buffer);
	struct thing again = {};

	must(object_put(nlh, sizeof(buffer), &thing_object, thing));
	object_parse(&thing_object, &again, mnl_nlmsg_get_payload(nlh),
		     mnl_nlmsg_get_payload_len(nlh));
	/* Behind the end of a name there may be what an attribute before it left. */
	must(!strcmp(again.name, thing->name) && !strcmp(again.dev, thing->dev));
	memcpy(again.name, thing->name, sizeof(again.name));
	memcpy(again.dev, thing->dev, sizeof(again.dev));
	again.inner = thing->inner;
	again.have |= thing->have & BIT(INNER);
	must(!memcmp(&again, thing, sizeof(again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct thing thing = {};
	json_t *json;
	void *copy;

	/* Netlink is aligned, and libmnl counts on it. */
	copy = malloc(size ? size : 1);
	must(copy);
	memcpy(copy, data, size);
	object_parse(&thing_object, &thing, copy, size);
	free(copy);
	check_texts(&thing);
	check_again(&thing);
	if (size && data[0] % 16)
		return 0;
	json = object_json(&thing_object, &thing);
	must(json);
	json_decref(json);
	return 0;
}
