/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A packet to a Service: on with the connection that it belongs to, or a new one. */
#ifndef CULVERT_CONNECT_H
#define CULVERT_CONNECT_H

#include "connection.h"
#include "dsr_send.h"
#include "reject.h"
#include "translate.h"

/* Whether packets of clients outside come in here: a program where they do gives it that value. */
static const bool takes_clients_outside;

/* From the client to the backend: translated here, or by the backend's node. */
static __always_inline int connect_send(struct __sk_buff *skb, const struct packet *packet, const struct flow *flow)
{
	if (takes_clients_outside && flow->state & FLOW_DSR)
		return dsr_send(skb, packet, flow);
	return translate(skb, packet, flow, TRANSLATE_FORWARD);
}

/* On with a connection, from the client to the backend. to: see packet_turn(). */
static __always_inline int connect_forward(struct __sk_buff *skb, const struct packet *packet, struct flow *flow,
					   __u64 now, __u64 to)
{
	if (connect_is_reset(flow, packet)) {
		flow_account(flow, packet_length(skb), FLOW_RESET, now);
		return packet_reject(skb, packet, DROP_BACKEND_REMOVED, to);
	}
	flow_account(flow, packet_length(skb), connect_shows(flow, packet), now);
	return connect_send(skb, packet, flow);
}

/* Opens a connection for a packet whose destination is what the client shall see as its peer. to: see packet_turn(). */
static __always_inline int connect_service(struct __sk_buff *skb, const struct packet *packet,
					   const struct frontend *frontend, enum client client, __u64 to)
{
	struct choice choice;
	struct flow *flow;
	int reason;

	reason = connect_choose(packet, frontend, client, &choice);
	if (reason == CHOICE_PASS)
		return PACKET_PASS;
	if (reason == CHOICE_REFUSE)
		return packet_reject(skb, packet, DROP_NO_BACKEND, to);
	if (takes_clients_outside && !reason) {
		choice_directly(packet, frontend, client, &choice);
		choice_forwards(client, &choice);
	}
	if (!reason)
		reason = connect_establish(packet, frontend->service, &choice,
					   open_pair(packet_length(skb), connect_device(skb, packet, &choice)));
	if (reason)
		return packet_drop(skb, reason);
	/* Looked up again, because another CPU may have opened the same connection with another backend. */
	flow = flow_find(packet);
	if (!flow || !flow_is_forward(flow, packet))
		return packet_drop(skb, DROP_FLOW_TABLE_FULL);
	return connect_send(skb, packet, flow);
}

#endif
