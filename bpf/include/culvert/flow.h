/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Entries of the flow table: their keys, their age and what packets show about their connection. */
#ifndef CULVERT_FLOW_H
#define CULVERT_FLOW_H

#include <linux/errno.h>

#include "maps.h"
#include "parse.h"
#include "timeout.h"

/* What ends a connection, all its entries show; what else they show is of their own packets. */
#define FLOW_ENDS (FLOW_CLIENT_CLOSED | FLOW_SERVER_CLOSED | FLOW_RESET)

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

/* The entry that a packet meets, of whichever role, or null. */
static __noinline struct flow *flow_find(const struct packet *packet)
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

/* Whether TCP or SCTP was reset, or closed by both sides. */
static __always_inline bool flow_has_ended(__u16 state)
{
	__u16 closed = FLOW_CLIENT_CLOSED | FLOW_SERVER_CLOSED;

	return state & FLOW_RESET || (state & closed) == closed;
}

static __always_inline __u64 flow_timeout(const struct flow *flow)
{
	return idle_timeout(flow->protocol != IPPROTO_UDP, flow->state & FLOW_ANSWERED, flow_has_ended(flow->state));
}

/* By its own packets alone. The clock of another CPU may be ahead by a tick, hence the sign. */
static __always_inline bool flow_is_idle(const struct flow *flow, __u64 now)
{
	return (__s64)(now - flow->last_seen) > (__s64)flow_timeout(flow);
}

/* Whether two entries are of one connection, and not of two that began one after the other with the same tuple. */
static __always_inline bool flow_is_same(const struct flow *a, const struct flow *b)
{
	return a->client_port == b->client_port && a->service_port == b->service_port &&
	       a->source_port == b->source_port && a->masquerade_port == b->masquerade_port &&
	       a->backend_id == b->backend_id && a->created == b->created && ip_equal(&a->client, &b->client) && ip_equal(&a->service, &b->service);
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

/* Rare: one direction may be silent for long, so that an entry is expired only when its partner is too. */
__noinline int flow_partner_is_idle(const struct flow *flow, __u64 now)
{
	struct flow *partner;

	if (!flow)
		return true;
	partner = flow_partner(flow);
	return !partner || flow_is_idle(partner, now);
}

static __always_inline bool flow_is_expired(const struct flow *flow, __u64 now)
{
	return flow_is_idle(flow, now) && flow_partner_is_idle(flow, now);
}

/* What a packet from the client shows. A client that goes on has been answered. */
static __always_inline __u16 flow_state_forward(__u8 signals)
{
	return (signals & PACKET_OPEN ? FLOW_SYN : 0) | (signals & PACKET_PROCEED ? FLOW_ANSWERED : 0) |
	       (signals & PACKET_CLOSE ? FLOW_CLIENT_CLOSED : 0) | (signals & PACKET_RESET ? FLOW_RESET : 0);
}

/*
 * What one from the backend shows. A SYN that is accepted is answered once the client goes on: otherwise a flood of SYNs
 * to a backend that listens would leave connections that count as established.
 */
static __always_inline __u16 flow_state_reply(__u8 signals)
{
	return (signals & PACKET_ACCEPT ? 0 : FLOW_ANSWERED) |
	       (signals & PACKET_CLOSE ? FLOW_SERVER_CLOSED : 0) |
	       (signals & PACKET_RESET ? FLOW_RESET : 0);
}

/* Marks the entry of a role with what ends its connection. */
static __noinline int flow_mark_end(const struct flow *flow, __u8 role)
{
	struct flow_key key;
	struct flow *other;

	flow_role_key(&key, flow, role);
	other = bpf_map_lookup_elem(&flows, &key);
	if (other && other->role == role && flow_is_same(other, flow))
		other->state |= flow->state & FLOW_ENDS;
	return 0;
}

/* Rare: what ends a connection is written into all its entries, so that each by itself is short-lived from then on. */
__noinline int flow_tell_end(const struct flow *flow)
{
	if (!flow)
		return 0;
	if (flow->role != FLOW_FORWARD)
		flow_mark_end(flow, FLOW_FORWARD);
	if (flow->role != FLOW_REPLY)
		flow_mark_end(flow, FLOW_REPLY);
	if (flow->role != FLOW_MASQUERADE && flow->state & FLOW_MASQUERADED)
		flow_mark_end(flow, FLOW_MASQUERADE);
	return 0;
}

/*
 * Counts a packet. Not atomic: packets of one direction of one connection are rarely on two CPUs, and a count that is
 * lost then is worth less than a locked instruction on every packet.
 */
static __always_inline void flow_account(struct flow *flow, const struct __sk_buff *skb, __u16 shown, __u64 now)
{
	flow->last_seen = now;
	flow->packets++;
	flow->bytes += packet_length(skb);
	if ((flow->state | shown) == flow->state)
		return;
	flow->state |= shown;
	if (shown & FLOW_ENDS)
		flow_tell_end(flow);
}

/* Removes the entry of a role, if it is this connection's. */
static __noinline int flow_remove(const struct flow *flow, __u8 role)
{
	struct flow_key key;
	struct flow *present;

	flow_role_key(&key, flow, role);
	present = bpf_map_lookup_elem(&flows, &key);
	if (!present || present->role != role || !flow_is_same(present, flow))
		return -ENOENT;
	return bpf_map_delete_elem(&flows, &key);
}

/* Removes all entries of a connection. A copy says which: what is deleted may be another connection's at once. */
__noinline int flow_delete(const struct flow *flow)
{
	struct flow copy;

	if (!flow)
		return 0;
	copy = *flow;
	flow_remove(&copy, FLOW_FORWARD);
	flow_remove(&copy, FLOW_REPLY);
	if (copy.state & FLOW_MASQUERADED)
		flow_remove(&copy, FLOW_MASQUERADE);
	return 0;
}

#endif
