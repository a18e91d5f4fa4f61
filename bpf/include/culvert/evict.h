/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Room for a connection, in a flow table that is full or where all source ports are taken, at the expense of connections
 * that came to nothing. Connections that are opened are noted in a ring; when the table is full, the oldest ones in it are
 * looked at: those that are not established are removed, others are passed over and never looked at again.
 */
#ifndef CULVERT_EVICT_H
#define CULVERT_EVICT_H

#include "flow.h"

/*
 * Connections that one that finds no room looks at. As each is looked at once, that is one for each that is opened, in the
 * long run; the limit is for the first packet that finds a full table, where many are established.
 */
#define EVICT_TURNS 1024
#define EVICT_ENTRIES 4 /* as many as make room for one connection, and some for what other CPUs open meanwhile */

static __always_inline struct opened_ring *evict_ring(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&opened_ring, &zero);
}

static __always_inline struct flow_key *evict_key(__u64 place)
{
	__u32 index = place % (config_opened_entries ?: 1);

	return bpf_map_lookup_elem(&opened, &index);
}

/* Notes a connection that was opened. The ring is one for all CPUs: a flood may come in by one of them. */
static __always_inline void evict_note(const struct flow *flow)
{
	struct opened_ring *ring = evict_ring();
	struct flow_key *key;

	if (!ring)
		return;
	key = evict_key(__sync_fetch_and_add(&ring->opened, 1));
	if (key)
		flow_role_key(key, flow, FLOW_FORWARD);
}

/*
 * Whether a connection may go: one that was not established, or is over. The forward entry shows it, but for UDP, which
 * shows only by a reply that somebody is there.
 */
static __noinline bool evict_may_go(const struct flow *forward)
{
	struct flow *replies;

	if (forward->role != FLOW_FORWARD)
		return false;
	if (forward->protocol != IPPROTO_UDP || forward->state & FLOW_DSR)
		return !(forward->state & FLOW_ANSWERED) || flow_has_ended(forward->state);
	replies = flow_partner(forward);
	return !replies || !(replies->state & FLOW_ANSWERED);
}

static __always_inline void evict_count(void)
{
	struct opened_ring *ring = evict_ring();

	if (ring)
		__sync_fetch_and_add(&ring->evicted, 1);
}

/* Looks at the oldest connection of the ring. 0 to go on, 1 to end it. context: how many entries were removed */
static long evict_turn(__u32 turn, void *context)
{
	struct opened_ring *ring = evict_ring();
	__u64 opened, examined;
	struct flow_key *key;
	struct flow *flow;

	(void)turn;
	if (!ring)
		return 1;
	opened = *(volatile __u64 *)&ring->opened;
	examined = *(volatile __u64 *)&ring->examined;
	if ((__s64)(opened - examined) <= 0)
		return 1;
	if (opened - examined > config_opened_entries) {
		/* The ring went round: what has not been looked at before is gone. */
		__sync_val_compare_and_swap(&ring->examined, examined, opened - config_opened_entries);
		return 0;
	}
	key = evict_key(__sync_fetch_and_add(&ring->examined, 1));
	flow = key ? bpf_map_lookup_elem(&flows, key) : NULL;
	if (!flow || !evict_may_go(flow))
		return 0;
	*(__u32 *)context += flow->state & FLOW_MASQUERADED ? 3 : 2;
	flow_delete(flow);
	evict_count();
	return *(__u32 *)context >= EVICT_ENTRIES;
}

/* Whether something was removed. Called by what finds no room, and by nothing else. */
static __noinline bool evict(void)
{
	__u32 removed = 0;

	bpf_loop(EVICT_TURNS, evict_turn, &removed, 0);
	return removed;
}

#endif
