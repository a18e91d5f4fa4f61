/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Connections that policies let pass. An entry says who opened the connection, so that answers are known as answers, and
 * at which epoch the pods of both ends were asked about it.
 */
#ifndef CULVERT_POLICY_FLOW_H
#define CULVERT_POLICY_FLOW_H

#include "maps_policy.h"
#include "packet.h"
#include "parse.h"
#include "policy_tcp.h"

static __always_inline void policy_flow_key(struct flow_key *key, const struct packet *packet)
{
	__builtin_memset(key, 0, sizeof(*key));
	flow_key_order(key, &packet->source, &packet->destination,
		       flow_key_rest(packet->source_port, packet->destination_port, packet->protocol));
}

/* POLICY_FLOW_OPENER_HIGH, if an end of a packet is the high one of its key. */
static __always_inline __u32 policy_flow_end(const struct flow_key *key, const struct ip *address, __be16 port)
{
	return key->low_port == port && ip_equal(&key->low, address) ? 0 : POLICY_FLOW_OPENER_HIGH;
}

/* The entry in policy_flows that a packet meets, expired or not, or null. from: as in policy_flow_last() */
static __noinline struct policy_flow *policy_flow_elsewhere(const struct packet *packet, __u32 *from)
{
	struct policy_flow *flow;
	struct flow_key key;

	policy_flow_key(&key, packet);
	flow = bpf_map_lookup_elem(&policy_flows, &key);
	if (flow)
		*from = policy_flow_end(&key, &packet->source, packet->source_port) ==
			(flow->state & POLICY_FLOW_OPENER_HIGH);
	return flow;
}

/* The same of those that have a place of their own. */
static __always_inline struct policy_flow *policy_flow_placed(const struct packet *packet, __u32 *from)
{
	__u32 high = 0;
	struct policy_flow *flow = policy_tcp_find(packet, &high);

	if (flow)
		*from = (high ^ flow->state ^ POLICY_FLOW_OPENER_HIGH) & POLICY_FLOW_OPENER_HIGH;
	return flow;
}

/*
 * The entry that a packet meets, expired or not, or null.
 * from: is told whether the packet comes from who opened the connection
 */
static __noinline struct policy_flow *policy_flow_last(const struct packet *packet, __u32 *from)
{
	struct policy_flow *flow = policy_flow_placed(packet, from);

	return flow ? flow : policy_flow_elsewhere(packet, from);
}

/* The same; one that is expired is as good as absent. */
static __always_inline struct policy_flow *policy_flow_find(const struct packet *packet, __u32 now, __u32 *from)
{
	struct policy_flow *flow = policy_flow_last(packet, from);

	return flow && !policy_flow_is_over(flow, now, packet->protocol) ? flow : NULL;
}

/* What a packet shows. A client that goes on after a handshake has been answered. */
static __always_inline __u32 policy_flow_shown(const struct packet *packet, bool from_opener)
{
	__u32 shown = from_opener ? 0 : POLICY_FLOW_ESTABLISHED;

	if (!policy_has_handshake(packet->protocol))
		return shown;
	return (from_opener && packet->signals & PACKET_PROCEED ? POLICY_FLOW_ESTABLISHED : 0) |
	       (packet->signals & PACKET_RESET ? POLICY_FLOW_RESET : 0) |
	       (!(packet->signals & PACKET_CLOSE) ? 0 :
		from_opener                       ? POLICY_FLOW_OPENER_CLOSED :
						    POLICY_FLOW_TARGET_CLOSED);
}

/* Written only where something changes: both pods' processors read the entry. */
static __always_inline void policy_flow_note(struct policy_flow *flow, __u32 shown, __u32 now)
{
	if (flow->seen != now)
		flow->seen = now;
	if ((flow->state | shown) != flow->state)
		flow->state |= shown;
}

/* Notes that flows has no entry of what goes on here. mark: flow_mark(), or 0 where that is not known */
static __always_inline void policy_flow_mark(struct policy_flow *flow, __u32 mark)
{
	if (mark && flow->mark != mark)
		flow->mark = mark;
}

#endif
