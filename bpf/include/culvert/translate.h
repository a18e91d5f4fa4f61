/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Applies an entry of the flow table to a packet. */
#ifndef CULVERT_TRANSLATE_H
#define CULVERT_TRANSLATE_H

#include "flow.h"
#include "rewrite.h"
#include "turn.h"

/* The rest of the stack, and programs attached after this one, see the packet as if it had been sent this way. */
#define PACKET_PASS TC_ACT_UNSPEC

/* From client -> service to source -> backend. */
__noinline int translate_forward(struct __sk_buff *skb, const struct packet *packet, const struct flow *flow)
{
	struct ip backend;
	long error = 0;
	__u16 state;

	if (!packet || !flow)
		return TC_ACT_SHOT;
	state = flow->state;
	backend = flow->backend;
	if (state & FLOW_OTHER_SOURCE) {
		struct ip source = flow->source;

		error = rewrite_end(skb, packet, PACKET_SOURCE, &source, flow->source_port);
	}
	if (!error)
		error = rewrite_end(skb, packet, PACKET_DESTINATION, &backend, flow->backend_port);
	if (error)
		return packet_drop(skb, DROP_WRITE_ERROR);
	return state & FLOW_HAIRPIN ? packet_turn(skb) : PACKET_PASS;
}

/* From backend -> source to service -> client. */
__noinline int translate_reply(struct __sk_buff *skb, const struct packet *packet, const struct flow *flow)
{
	struct ip service;
	long error = 0;
	__u16 state;

	if (!packet || !flow)
		return TC_ACT_SHOT;
	state = flow->state;
	service = flow->service;
	if (state & FLOW_OTHER_SOURCE) {
		struct ip client = flow->client;

		error = rewrite_end(skb, packet, PACKET_DESTINATION, &client, flow->client_port);
	}
	if (!error)
		error = rewrite_end(skb, packet, PACKET_SOURCE, &service, flow->service_port);
	if (error)
		return packet_drop(skb, DROP_WRITE_ERROR);
	return state & FLOW_HAIRPIN ? packet_turn(skb) : PACKET_PASS;
}

#endif
