/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Entries of the flow table: their keys, and which of them a packet or another entry goes with. */
#ifndef CULVERT_FLOW_FIND_H
#define CULVERT_FLOW_FIND_H

#include <stdbool.h>

#include "flow_key.h"
#include "maps.h"
#include "packet.h"

/* The key under which a connection has its entry of a role. */
static __always_inline void flow_role_key(struct flow_key *key, const struct flow *flow, __u8 role)
{
	/* Linux 6.1 lets no memory be handed to a function that was not written before. */
	__builtin_memset(key, 0, sizeof(*key));
	if (role == FLOW_FORWARD)
		flow_key_order(key, &flow->client, &flow->service,
			       flow_key_rest(flow->client_port, flow->service_port, flow->protocol));
	else if (role == FLOW_REPLY)
		flow_key_order(key, &flow->source, &flow->backend,
			       flow_key_rest(flow->source_port, flow->backend_port, flow->protocol));
	else
		flow_key_order(key, &flow->masquerade, &flow->backend,
			       flow_key_rest(flow->masquerade_port, flow->backend_port, flow->protocol));
}

/* The entry that a packet meets, of whichever role, or null. Not every object has packets. */
__attribute__((unused)) static __noinline struct flow *flow_find(const struct packet *packet)
{
	struct flow_key key = {};

	flow_key_order(&key, &packet->source, &packet->destination,
		       flow_key_rest(packet->source_port, packet->destination_port, packet->protocol));
	return bpf_map_lookup_elem(&flows, &key);
}

/* Both directions meet one entry: whether this packet goes from the client to the Service. */
static __always_inline bool flow_is_forward(const struct flow *flow, const struct packet *packet)
{
	return flow->role == FLOW_FORWARD && flow->client_port == packet->source_port &&
	       ip_equal(&flow->client, &packet->source);
}

/* Whether it comes from the backend, which the other two entries meet. */
static __always_inline bool flow_is_reply(const struct flow *flow, const struct packet *packet)
{
	return flow->role != FLOW_FORWARD && flow->backend_port == packet->source_port &&
	       ip_equal(&flow->backend, &packet->source);
}

/*
 * Whether a SYN, or the answer to one, is of another connection with the same ends. An answer may acknowledge data of the SYN
 * as well (RFC 7413), which is less than what the upper halves of two numbers tell apart.
 */
static __always_inline bool flow_is_of_another(const struct flow *flow, const struct packet *packet)
{
	__u16 number = packet_begins(packet);

	if (!number || !flow->begins)
		return false;
	return (__u16)(number - flow->begins) > !!(packet->signals & PACKET_ACCEPT);
}

/* Whether TCP or SCTP was reset, or closed by both sides. */
static __always_inline bool flow_has_ended(__u16 state)
{
	__u16 closed = FLOW_CLIENT_CLOSED | FLOW_SERVER_CLOSED;

	return state & FLOW_RESET || (state & closed) == closed;
}

/* Whether two entries are of one connection, and not of two that began one after the other with the same tuple. */
static __always_inline bool flow_is_same(const struct flow *a, const struct flow *b)
{
	return a->client_port == b->client_port && a->service_port == b->service_port &&
	       a->source_port == b->source_port && a->masquerade_port == b->masquerade_port &&
	       a->backend_id == b->backend_id && a->created == b->created && ip_equal(&a->client, &b->client) &&
	       ip_equal(&a->service, &b->service);
}

/*
 * The entry that this one's age also depends on, or null: of a forward entry that of the replies, of the others the
 * forward entry.
 */
static __always_inline struct flow *flow_partner(const struct flow *flow)
{
	__u8 role = flow->role == FLOW_FORWARD ? FLOW_REPLY : FLOW_FORWARD;
	struct flow *partner;
	struct flow_key key;

	flow_role_key(&key, flow, role);
	partner = bpf_map_lookup_elem(&flows, &key);
	return partner && partner->role == role && flow_is_same(partner, flow) ? partner : NULL;
}

#endif
