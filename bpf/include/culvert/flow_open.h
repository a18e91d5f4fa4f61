/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* New entries of the flow table: those of one connection, and the ports that its backend sees. */
#ifndef CULVERT_FLOW_OPEN_H
#define CULVERT_FLOW_OPEN_H

#include "evict.h"

/* Younger than this, an entry without a partner may be one of a connection that another CPU is inserting. */
#define FLOW_INSERTION (1 * NANOSECONDS)

/* A connection that is being opened, in the memory of whoever opens it. */
struct opening {
	struct flow flow;
	__u16 start; /* where among the source ports the search begins */
	__u8 evicts; /* takes ports of connections that are not established: the second time, when no port was free */
	int error;
};

/*
 * Whether the connection of an entry in the way is over, so that its tuple may be used again; where that is asked for, also
 * whether it is not established. That one loses its forward entry at once: its client must not speak as another one.
 */
static __always_inline bool flow_gives_way(const struct flow *flow, const struct opening *opening)
{
	__u8 role = flow->role == FLOW_FORWARD ? FLOW_REPLY : FLOW_FORWARD;
	__u64 now = opening->flow.created;
	struct flow *partner;
	struct flow_key key;

	flow_role_key(&key, flow, role);
	partner = bpf_map_lookup_elem(&flows, &key);
	if (!partner || partner->role != role || !flow_is_same(partner, flow))
		return (__s64)(now - flow->created) > (__s64)FLOW_INSERTION;
	if (flow_has_ended(flow->state | partner->state) || (flow_is_idle(flow, now) && flow_is_idle(partner, now)))
		return true;
	if (!opening->evicts || role != FLOW_FORWARD || (flow->state | partner->state) & FLOW_ANSWERED)
		return false;
	load_release_flow(partner);
	return !bpf_map_delete_elem(&flows, &key);
}

/*
 * Inserts the entry of flow's role. -EEXIST when there is one, unless it is for the replies of a connection that is over:
 * that is replaced, and leaves its forward entry to garbage collection.
 * Static, because Linux 6.1 does not let a global function hand its argument on to a map.
 */
static __noinline int flow_insert(const struct opening *opening)
{
	struct flow_key key;
	struct flow *present;
	int error;

	flow_role_key(&key, &opening->flow, opening->flow.role);
	error = bpf_map_update_elem(&flows, &key, &opening->flow, BPF_NOEXIST);
	if (error != -EEXIST || opening->flow.role == FLOW_FORWARD)
		return error;
	present = bpf_map_lookup_elem(&flows, &key);
	if (!present || !flow_gives_way(present, opening))
		return -EEXIST;
	return bpf_map_update_elem(&flows, &key, &opening->flow, BPF_ANY);
}

/* Writes the entry of flow's role over what is there. */
static __noinline long flow_replace(const struct flow *flow)
{
	struct flow_key key;

	flow_role_key(&key, flow, flow->role);
	return bpf_map_update_elem(&flows, &key, flow, BPF_ANY);
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

/* One turn of the search: 0 to go on, 1 to end it. */
static long flow_probe(__u32 turn, void *context)
{
	struct opening *opening = context;
	__be16 port = source_port(opening->start + turn);

	if (opening->flow.role == FLOW_REPLY)
		opening->flow.source_port = port;
	else
		opening->flow.masquerade_port = port;
	opening->error = flow_insert(opening);
	return opening->error != -EEXIST;
}

/*
 * Inserts the entry of flow's role with a port that is free. Searched by bpf_loop, because the verifier walks every turn
 * of any other loop.
 */
static __always_inline int flow_claim_port(struct opening *opening)
{
	__u32 taken = SOURCE_PORT_PROBES;
	__u64 *count;
	long turns;

	opening->error = -EEXIST;
	opening->start = bpf_get_prandom_u32();
	turns = bpf_loop(SOURCE_PORT_PROBES, flow_probe, opening, 0);
	if (opening->error != -EEXIST)
		taken = turns - 1;
	count = bpf_map_lookup_elem(&source_port_probes, &taken);
	if (count)
		(*count)++;
	return opening->error;
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
	if (!error && flow->source_port == port)
		return 0;
	/* Rare: the first entry was not told where its replies go on to. */
	if (!error) {
		flow->role = FLOW_MASQUERADE;
		error = flow_replace(flow);
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
	error = flow_open_replies(opening);
	if (error)
		return error;

	flow->role = FLOW_FORWARD;
	flow->state |= shown;
	flow->packets = packets;
	flow->bytes = bytes;
	error = flow_insert(opening);
	if (!error)
		return 0;
	flow_take_back(flow, FLOW_REPLY);
	if (flow->state & FLOW_MASQUERADED)
		flow_take_back(flow, FLOW_MASQUERADE);
	return error == -EEXIST ? -EALREADY : error;
}

#endif
