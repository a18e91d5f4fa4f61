/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Entries of the flow table: their age and what packets show about their connection. */
#ifndef CULVERT_FLOW_H
#define CULVERT_FLOW_H

#include <linux/errno.h>

#include "flow_find.h"
#include "flow_load.h"
#include "parse.h"
#include "timeout.h"

/* What ends a connection, all its entries show; what else they show is of their own packets. */
#define FLOW_ENDS (FLOW_CLIENT_CLOSED | FLOW_SERVER_CLOSED | FLOW_RESET)

static __always_inline __u64 flow_timeout(const struct flow *flow)
{
	return idle_timeout(flow->protocol != IPPROTO_UDP, flow->state & FLOW_ANSWERED, flow_has_ended(flow->state));
}

/* By its own packets alone. The clock of another CPU may be ahead by a tick, hence the sign. */
static __always_inline bool flow_is_idle(const struct flow *flow, __u64 now)
{
	return (__s64)(now - flow->last_seen) > (__s64)flow_timeout(flow);
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

/*
 * Marks the entry of a role with what ends its connection, from when on it is as good as seen by what shows that: after a
 * long silence it would otherwise be expired before the same packet comes to the hook that needs it.
 */
static __noinline int flow_mark_end(const struct flow *flow, __u8 role)
{
	struct flow_key key;
	struct flow *other;

	flow_role_key(&key, flow, role);
	other = bpf_map_lookup_elem(&flows, &key);
	if (!other || other->role != role || !flow_is_same(other, flow))
		return 0;
	other->state |= flow->state & FLOW_ENDS;
	other->last_seen = flow->last_seen;
	if (role == FLOW_FORWARD && flow_has_ended(other->state))
		load_release_flow(other);
	return 0;
}

/* Rare: what ends a connection is written into all its entries, so that each by itself is short-lived from then on. */
__noinline int flow_tell_end(const struct flow *flow)
{
	if (!flow)
		return 0;
	/* The forward entry is looked up also where this is it: what is not read-only can be released only through the map. */
	flow_mark_end(flow, FLOW_FORWARD);
	if (flow->role != FLOW_REPLY)
		flow_mark_end(flow, FLOW_REPLY);
	if (flow->role != FLOW_MASQUERADE && flow->state & FLOW_MASQUERADED)
		flow_mark_end(flow, FLOW_MASQUERADE);
	return 0;
}

/*
 * Counts a packet. Not atomic: packets of one direction of one connection are rarely on two CPUs, and a count that is
 * lost then is worth less than a locked instruction on every packet. length: packet_length(), shown: FLOW_*
 */
static __always_inline void flow_account(struct flow *flow, __u64 length, __u16 shown, __u64 now)
{
	flow->last_seen = now;
	flow->packets++;
	flow->bytes += length;
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
	if (role == FLOW_FORWARD)
		load_release_flow(present);
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

/*
 * Whether a packet begins a connection that nobody translates, between the ends of one that was: the entries of that are
 * removed, because they would translate what the backend answers. A SYN shows it only where that one has ended; a backend
 * accepts one only where it has forgotten that one itself.
 */
static __always_inline bool flow_gives_up(struct flow *flow, const struct packet *packet)
{
	if (!(packet->signals & (PACKET_OPEN | PACKET_ACCEPT)) || !flow_is_of_another(flow, packet))
		return false;
	if (packet->signals & PACKET_OPEN && !flow_has_ended(flow->state))
		return false;
	flow_delete(flow);
	return true;
}

#endif
