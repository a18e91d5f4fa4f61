/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Counts of connections that were opened, by a number made of their ends. Who found no entry of a connection, and finds the
 * same count later, knows without a look at the flow table that there is still none.
 */
#ifndef CULVERT_FLOW_MARK_H
#define CULVERT_FLOW_MARK_H

#include <stdbool.h>

#include "maps.h"
#include "packet.h"

/* Both directions have one. */
static __always_inline __u32 *flow_mark_of(const struct ip *a, const struct ip *b, __be16 a_port, __be16 b_port)
{
	__u32 mixed = (a->word[3] + b->word[3]) ^ ((__u32)a_port + b_port) << 15;
	__u32 index = (mixed * 0x9e3779b1u) >> (32 - FLOW_MARK_BITS);

	return bpf_map_lookup_elem(&flow_marks, &index);
}

/* A bit of a mark that is for whoever holds it. */
#define FLOW_MARK_FREE 2

/* To be read before the flow table is. Never 0, nor even, and without FLOW_MARK_FREE. */
static __always_inline __u32 flow_mark(const struct packet *packet)
{
	__u32 *mark = flow_mark_of(&packet->source, &packet->destination, packet->source_port, packet->destination_port);

	return mark ? *(volatile __u32 *)mark << 2 | 1 : 1;
}

/* Whether a mark says that flows never had an entry of that number: then nobody need look there. */
static __always_inline bool flow_mark_is_first(__u32 mark)
{
	return (mark & ~FLOW_MARK_FREE) == 1;
}

static __always_inline void flow_mark_count(__u32 *mark)
{
	if (mark)
		__sync_fetch_and_add(mark, 1);
}

/* To be told once the entries of a connection have been written, before a packet that meets them can come. */
__noinline int flow_mark_opened(const struct flow *flow)
{
	if (!flow)
		return 0;
	flow_mark_count(flow_mark_of(&flow->client, &flow->service, flow->client_port, flow->service_port));
	flow_mark_count(flow_mark_of(&flow->source, &flow->backend, flow->source_port, flow->backend_port));
	if (flow->state & FLOW_MASQUERADED)
		flow_mark_count(flow_mark_of(&flow->masquerade, &flow->backend, flow->masquerade_port, flow->backend_port));
	return 0;
}

#endif
