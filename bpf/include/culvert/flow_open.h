/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* New entries of the flow table: those of one connection, and the ports that its backend sees. */
#ifndef CULVERT_FLOW_OPEN_H
#define CULVERT_FLOW_OPEN_H

#include "evict.h"
#include "flow_mark.h"

/* Younger than this, an entry without a partner may be one of a connection that another CPU is inserting. */
#define FLOW_INSERTION (1 * NANOSECONDS)

/* A connection that is being opened, in the memory of whoever opens it. */
struct opening {
	struct flow flow;
	__u64 oldest;     /* when the oldest connection in the way began, of those that may be cut; 0: there was none */
	__u16 start;      /* where among the source ports the search begins */
	__u8 turn;        /* of the search */
	__u8 oldest_turn; /* that met the oldest connection */
	int error;
};

/* Whether a connection may lose its port to another, because it was not answered. forward: the partner of flow */
static __always_inline bool flow_may_be_cut(const struct flow *flow, const struct flow *forward)
{
	return forward->role == FLOW_FORWARD && !((flow->state | forward->state) & FLOW_ANSWERED);
}

/*
 * Whether an entry in the way may be replaced, because its connection is over. Of those that may be cut the oldest is
 * remembered: a client that is about to be answered began just now, what a flood opened is older.
 */
static __noinline bool flow_gives_way(const struct flow *flow, struct opening *opening)
{
	struct flow *partner = flow_partner(flow);
	__u64 now = opening->flow.created;

	if (!partner)
		return (__s64)(now - flow->created) > (__s64)FLOW_INSERTION;
	if (flow_has_ended(flow->state | partner->state) || (flow_is_idle(flow, now) && flow_is_idle(partner, now)))
		return true;
	if (flow_may_be_cut(flow, partner) && (!opening->oldest || flow->created < opening->oldest)) {
		opening->oldest = flow->created;
		opening->oldest_turn = opening->turn;
	}
	return false;
}

/* What is where the entry of flow's role would be, or null. */
static __noinline struct flow *flow_present(const struct flow *flow)
{
	struct flow_key key;

	flow_role_key(&key, flow, flow->role);
	return bpf_map_lookup_elem(&flows, &key);
}

/* Writes the entry of flow's role. flags: BPF_NOEXIST, or BPF_ANY: over what is there */
static __noinline long flow_write(const struct flow *flow, __u64 flags)
{
	struct flow_key key;

	flow_role_key(&key, flow, flow->role);
	return bpf_map_update_elem(&flows, &key, flow, flags);
}

/*
 * Inserts the entry of flow's role. -EEXIST when there is one, unless it is for the replies of a connection that is over:
 * that is replaced, and leaves its forward entry to garbage collection.
 * Static, because Linux 6.1 does not let a global function hand its argument on to a map.
 */
static __noinline int flow_insert(struct opening *opening)
{
	struct flow *present;
	int error = flow_write(&opening->flow, BPF_NOEXIST);

	if (error != -EEXIST || opening->flow.role == FLOW_FORWARD)
		return error;
	present = flow_present(&opening->flow);
	if (!present || !flow_gives_way(present, opening))
		return -EEXIST;
	return flow_write(&opening->flow, BPF_ANY);
}

/* The n-th port of both ranges, counted round. */
static __always_inline __be16 source_port(__u32 n)
{
	__u32 low = (__u32)config_source_ports[0].last - config_source_ports[0].first + 1;
	__u32 high = (__u32)config_source_ports[1].last - config_source_ports[1].first + 1;

	n %= low + high;
	return bpf_htons(n < low ? config_source_ports[0].first + n : config_source_ports[1].first + n - low);
}

/* Whether a reply to a port of those may have come to a connection of ours. */
static __always_inline bool is_source_port(__be16 port)
{
	__u16 number = bpf_ntohs(port);

	return (number >= config_source_ports[0].first && number <= config_source_ports[0].last) ||
	       (number >= config_source_ports[1].first && number <= config_source_ports[1].last);
}

static __always_inline void flow_use_port(struct opening *opening, __u32 turn)
{
	__be16 port = source_port(opening->start + turn);

	if (opening->flow.role == FLOW_REPLY)
		opening->flow.source_port = port;
	else
		opening->flow.masquerade_port = port;
}

/* One turn of the search: 0 to go on, 1 to end it. */
static long flow_probe(__u32 turn, void *context)
{
	struct opening *opening = context;

	opening->turn = turn;
	flow_use_port(opening, turn);
	opening->error = flow_insert(opening);
	return opening->error != -EEXIST;
}

/*
 * Puts the entry of flow's role in the place of that of the oldest connection that the search met. That one loses its
 * other entries first: its client must not speak as another one. -EEXIST when it has been answered or is gone meanwhile.
 */
static __noinline int flow_cut(struct opening *opening)
{
	struct flow *present, *partner;

	flow_use_port(opening, opening->oldest_turn);
	present = flow_present(&opening->flow);
	if (!present || present->created != opening->oldest)
		return -EEXIST;
	partner = flow_partner(present);
	if (!partner || !flow_may_be_cut(present, partner) || flow_remove(present, FLOW_FORWARD))
		return -EEXIST;
	flow_remove(present, present->role == FLOW_REPLY ? FLOW_MASQUERADE : FLOW_REPLY);
	evict_count();
	return flow_write(&opening->flow, BPF_ANY);
}

/*
 * Inserts the entry of flow's role with a port that is free; if none is, with that of the oldest connection that was not
 * answered. Searched by bpf_loop, because the verifier walks every turn of any other loop.
 */
static __always_inline int flow_claim_port(struct opening *opening)
{
	__u32 taken = SOURCE_PORT_PROBES;
	__u64 *count;
	long turns;

	opening->error = -EEXIST;
	opening->oldest = 0;
	opening->start = bpf_get_prandom_u32();
	turns = bpf_loop(SOURCE_PORT_PROBES, flow_probe, opening, 0);
	if (opening->error != -EEXIST)
		taken = turns - 1;
	count = bpf_map_lookup_elem(&source_port_probes, &taken);
	if (count)
		(*count)++;
	return opening->error == -EEXIST && opening->oldest ? flow_cut(opening) : opening->error;
}

/*
 * Claims {source, backend}. Source is the client itself, unless that has another connection to this backend from the same
 * port through another Service, or flow says already that it is another.
 */
static __always_inline int flow_claim_source(struct opening *opening)
{
	struct flow *flow = &opening->flow;
	int error;

	if (!(flow->state & FLOW_OTHER_SOURCE)) {
		error = flow_insert(opening);
		if (error != -EEXIST)
			return error;
	}
	flow->state |= FLOW_OTHER_SOURCE;
	return flow_claim_port(opening);
}

/* Takes back what was just inserted. */
static __noinline long flow_take_back(const struct flow *flow, __u8 role)
{
	struct flow_key key;

	flow_role_key(&key, flow, role);
	return bpf_map_delete_elem(&flows, &key);
}

/* Inserts the entries that replies meet. */
static __always_inline int flow_open_replies(struct opening *opening)
{
	struct flow *flow = &opening->flow;
	__be16 port = flow->source_port;
	__u16 state = flow->state;
	int error;

	if (flow->state & FLOW_MASQUERADED) {
		flow->role = FLOW_MASQUERADE;
		error = flow_claim_port(opening);
		if (error)
			return error;
	}
	flow->role = FLOW_REPLY;
	error = flow_claim_source(opening);
	if (!(flow->state & FLOW_MASQUERADED))
		return error;
	if (!error && flow->source_port == port && flow->state == state)
		return 0;
	/* Rare: the first entry was not told where its replies go on to, or that they do by the port of another. */
	if (!error) {
		flow->role = FLOW_MASQUERADE;
		error = flow_write(flow, BPF_ANY);
		if (!error)
			return 0;
		flow_take_back(flow, FLOW_REPLY);
	}
	flow_take_back(flow, FLOW_MASQUERADE);
	return error;
}

/*
 * Inserts the entries of a new connection; packets and bytes are those of the packet that opens it. Afterwards flow
 * is the forward entry, which comes last, so that what is found is complete. Returns -EEXIST when no source port is free,
 * -EALREADY when another CPU has just opened the same connection, and what the map says otherwise.
 */
static __always_inline int flow_open(struct opening *opening)
{
	struct flow *flow = &opening->flow;
	__u64 packets = flow->packets, bytes = flow->bytes;
	__u16 shown = flow->state & FLOW_SYN;
	int error;

	flow->state &= ~FLOW_SYN;
	flow->packets = 0;
	flow->bytes = 0;
	error = flow->state & FLOW_DSR ? 0 : flow_open_replies(opening);
	if (error)
		return error;

	flow->role = FLOW_FORWARD;
	flow->state |= shown;
	flow->packets = packets;
	flow->bytes = bytes;
	error = flow_insert(opening);
	flow_mark_opened(flow);
	if (!error)
		return 0;
	if (!(flow->state & FLOW_DSR))
		flow_take_back(flow, FLOW_REPLY);
	if (flow->state & FLOW_MASQUERADED)
		flow_take_back(flow, FLOW_MASQUERADE);
	return error == -EEXIST ? -EALREADY : error;
}

#endif
