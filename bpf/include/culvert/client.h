/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Who opens a connection, and what follows from it. Asked only when a connection begins. */
#ifndef CULVERT_CLIENT_H
#define CULVERT_CLIENT_H

#include "config.h"
#include "frontend.h"
#include "parse.h"
#include "ranges.h"

enum client {
	CLIENT_EXTERNAL,
	CLIENT_POD,
	CLIENT_HOST, /* this node */
};

/* Who sent a packet that came in by an interface. */
static __always_inline enum client client_of_packet(__u32 ifindex, const struct packet *packet)
{
	struct device_key key = { .ifindex = ifindex };
	struct device *device;

	if (!config_detects_pods)
		return CLIENT_EXTERNAL;
	device = bpf_map_lookup_elem(&devices, &key);
	if (device && device->flags & DEVICE_PODS)
		return CLIENT_POD;
	return address_range_flags(&packet->source) & RANGE_PODS ? CLIENT_POD : CLIENT_EXTERNAL;
}

/* Whether backends must see this node as their peer, so that their replies come back through it. */
static __always_inline bool client_is_masqueraded(enum client client, const struct frontend *frontend)
{
	if (client == CLIENT_HOST)
		return false;
	if (frontend_type(frontend) != FRONTEND_CLUSTER_IP)
		return !(frontend->flags & FRONTEND_LOCAL_SET);
	return config_masquerade_all || (config_detects_pods && client == CLIENT_EXTERNAL);
}

#endif
