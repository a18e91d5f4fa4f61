/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From the address that a client dials to a frontend, and what a frontend asks of its clients. */
#ifndef CULVERT_FRONTEND_H
#define CULVERT_FRONTEND_H

#include "addr.h"
#include "config_node.h"
#include "maps.h"

static __always_inline __u32 frontend_type(const struct frontend *frontend)
{
	return frontend->flags >> FRONTEND_TYPE_SHIFT;
}

static __always_inline bool is_node_port(__be16 port)
{
	__u16 number = bpf_ntohs(port);

	return number >= config_node_ports.first && number <= config_node_ports.last;
}

/* The frontend of a NodePort, wherever it is served: the entry of the family's wildcard. */
static __always_inline struct frontend *frontend_of_node_port(const struct frontend_key *key)
{
	struct frontend_key wildcard = {
		.address = { { 0, 0, key->address.word[2], 0 } },
		.port = key->port,
		.protocol = key->protocol,
	};

	if (!ip_is_v4(&key->address))
		wildcard.address.word[2] = 0;
	return bpf_map_lookup_elem(&frontends, &wildcard);
}

/* Whether an address is one of a node with this meaning (NODE_ADDRESS_*). */
static __always_inline bool node_address_is(const struct ip *address, __u32 meaning)
{
	struct address_key key = { .address = *address };
	__u32 *flags = bpf_map_lookup_elem(&node_addresses, &key);

	return flags && *flags & meaning;
}

/*
 * The frontend at an address, or null. What is no frontend costs a second lookup only where NodePorts lie. A NodePort
 * is never found by its own key: that is a client's word for its own loopback address.
 */
static __always_inline struct frontend *frontend_find(const struct frontend_key *key)
{
	struct frontend *frontend = bpf_map_lookup_elem(&frontends, key);

	if (frontend)
		return frontend_type(frontend) == FRONTEND_NODE_PORT ? NULL : frontend;
	if (!is_node_port(key->port) || !node_address_is(&key->address, NODE_ADDRESS_NODE_PORTS))
		return NULL;
	return frontend_of_node_port(key);
}

/*
 * Whether only backends of this node may serve a client.
 * inside: the client is a pod or this node, which externalTrafficPolicy does not hold for.
 */
static __always_inline bool frontend_is_local(const struct frontend *frontend, bool inside)
{
	return frontend->flags & FRONTEND_LOCAL_SET && (!inside || frontend_type(frontend) == FRONTEND_CLUSTER_IP);
}

/* Whether a client may use the frontend at all: if not, it is to see nothing but a timeout (DROP_SOURCE_RANGE). */
static __always_inline bool frontend_admits(const struct frontend *frontend, const struct ip *client)
{
	struct source_range_key key = {
		.prefixlen = 8 * (sizeof(key.service) + sizeof(key.address)),
		.service = frontend->service,
		.address = *client,
	};

	return !(frontend->flags & FRONTEND_SOURCE_RANGES) || bpf_map_lookup_elem(&source_ranges, &key);
}

#endif
