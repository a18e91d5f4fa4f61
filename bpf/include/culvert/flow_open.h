/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* New entries of the flow table: the pair of a connection, and the source that its backend sees. */
#ifndef CULVERT_FLOW_OPEN_H
#define CULVERT_FLOW_OPEN_H

#include <linux/errno.h>

#include "flow.h"

#define SOURCE_PORT_PROBES 32

/* Younger than this, an entry without a partner may be half of a pair that another CPU is inserting. */
#define FLOW_INSERTION (1 * NANOSECONDS)

/* Whether the connection of an entry in the way is over, so that its tuple may be used again. */
static __always_inline bool flow_is_finished(const struct flow *flow, struct flow_key *key, __u64 now)
{
	__u16 closed = FLOW_CLIENT_CLOSED | FLOW_SERVER_CLOSED;
	struct flow *partner = flow_partner(flow, key);
	__u16 state;

	if (!partner)
		return (__s64)(now - flow->created) > (__s64)FLOW_INSERTION;
	if (flow_is_idle(flow, now) && flow_is_idle(partner, now))
		return true;
	state = flow->state | partner->state;
	return state & FLOW_RESET || (state & closed) == closed;
}

/*
 * Inserts the entry of flow's role. -EEXIST when there is one, unless it is for the replies of a connection that is over:
 * that is replaced, and leaves its forward entry to garbage collection.
 * Static, because Linux 6.1 does not let a global function hand its argument on to a map.
 */
static __noinline int flow_insert(const struct flow *flow)
{
	struct flow_key key, partner;
	struct flow *present;
	int error;

	flow_role_key(&key, flow, flow->role);
	error = bpf_map_update_elem(&flows, &key, flow, BPF_NOEXIST);
	if (error != -EEXIST || flow->role == FLOW_FORWARD)
		return error;
	present = bpf_map_lookup_elem(&flows, &key);
	if (!present || !flow_is_finished(present, &partner, flow->created))
		return -EEXIST;
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

/*
 * Finds a source for which {source, backend} is free. That is the client itself, unless it has another connection to
 * this backend from the same port through another Service, or is the backend.
 */
static __always_inline int flow_claim_source(struct flow *flow)
{
	__u32 start;
	int error;

	if (!(flow->state & FLOW_HAIRPIN)) {
		error = flow_insert(flow);
		if (error != -EEXIST)
			return error;
	}
	flow->state |= FLOW_OTHER_SOURCE;
	start = bpf_get_prandom_u32();
	for (__u32 i = 0; i < SOURCE_PORT_PROBES; i++) {
		flow->source_port = source_port(start + i);
		error = flow_insert(flow);
		if (error != -EEXIST)
			return error;
	}
	return -EEXIST;
}

/*
 * Inserts both entries of a new connection; packets and bytes are those of the packet that opens it. Afterwards flow
 * is the forward entry. Returns -EEXIST when no source port is free, -EALREADY when another CPU has just opened the
 * same connection, and what the map says otherwise.
 */
static __always_inline int flow_open(struct flow *flow)
{
	__u64 packets = flow->packets, bytes = flow->bytes;
	__u16 shown = flow->state & FLOW_SYN;
	int error;

	flow->role = FLOW_REPLY;
	flow->state &= ~FLOW_SYN;
	flow->packets = 0;
	flow->bytes = 0;
	error = flow_claim_source(flow);
	if (error)
		return error;

	flow->role = FLOW_FORWARD;
	flow->state |= shown;
	flow->packets = packets;
	flow->bytes = bytes;
	error = flow_insert(flow);
	if (!error)
		return 0;
	flow->role = FLOW_REPLY;
	flow_delete(flow, false);
	return error == -EEXIST ? -EALREADY : error;
}

#endif
