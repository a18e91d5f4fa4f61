/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A packet to a Service: on with the connection that it belongs to, or a new one. */
#ifndef CULVERT_CONNECT_H
#define CULVERT_CONNECT_H

#include "choice.h"
#include "evict.h"
#include "flow_open.h"
#include "reject.h"
#include "translate.h"

/*
 * Whether a packet that may open a connection continues one. UDP does while its backend serves the Service. A SYN does
 * when it repeats one that was not answered; any other SYN is a new connection from a port that was used before.
 */
static __always_inline bool connect_continues(const struct flow *flow, const struct packet *packet)
{
	if (!backend_is_published(flow->backend_id))
		return false;
	if (packet->protocol == IPPROTO_UDP)
		return true;
	return !(flow->state & (FLOW_ANSWERED | FLOW_CLIENT_CLOSED | FLOW_RESET));
}

/* Whether a connection that is open ends here, because its Service resets those of backends that are removed. */
static __always_inline bool connect_is_reset(const struct flow *flow, const struct packet *packet)
{
	return flow->state & FLOW_RESET_REMOVED && packet->protocol == IPPROTO_TCP &&
	       !(packet->signals & PACKET_RESET) && !backend_is_published(flow->backend_id);
}

/* On with a connection, from the client to the backend. to: see packet_turn(). */
static __always_inline int connect_forward(struct __sk_buff *skb, const struct packet *packet, struct flow *flow,
					   __u64 now, __u64 to)
{
	if (connect_is_reset(flow, packet)) {
		flow_account(flow, skb, FLOW_RESET, now);
		return packet_reject(skb, packet, DROP_BACKEND_REMOVED, to);
	}
	flow_account(flow, skb, flow_state_forward(packet->signals), now);
	return translate(skb, packet, flow, TRANSLATE_FORWARD);
}

/* Beside the state of a connection that is opened: it may take what others have that are not established. */
#define OPEN_EVICTS (1u << 16)

/*
 * Opens a connection to a backend; the drop reason that says why it could not. state: what it begins with, and OPEN_EVICTS
 */
__noinline int connect_open(struct __sk_buff *skb, const struct packet *packet, __u32 service,
			    const struct backend *backend, __u32 state)
{
	struct opening opening = { .evicts = !!(state & OPEN_EVICTS) };
	struct flow *flow = &opening.flow;

	if (!packet || !backend)
		return DROP_INVALID_PACKET;
	flow->client = packet->source;
	flow->service = packet->destination;
	flow->backend = backend->address;
	flow->client_port = packet->source_port;
	flow->service_port = packet->destination_port;
	flow->backend_port = backend->port;
	flow->service_index = service;
	flow->backend_id = backend->id;
	flow->created = flow_clock();
	flow->last_seen = flow->created;
	flow->packets = 1;
	flow->bytes = packet_length(skb);
	flow->protocol = packet->protocol;
	flow->state = state | flow_state_forward(packet->signals);
	if (!connect_set_source(skb, packet, flow))
		return DROP_NO_SOURCE_PORT;
	switch (flow_open(&opening)) {
	case 0:
		evict_note(flow);
		return 0;
	case -EALREADY:
		return 0;
	case -EEXIST:
		return DROP_NO_SOURCE_PORT;
	}
	return DROP_FLOW_TABLE_FULL;
}

/* Opens it at the expense of others that are not established: after evict(), or of whoever has a port. */
static __always_inline int connect_again(struct __sk_buff *skb, const struct packet *packet, __u32 service,
					 const struct choice *choice, int reason)
{
	int again = connect_open(skb, packet, service, choice->backend, choice->state | OPEN_EVICTS);

	if (!again && reason == DROP_NO_SOURCE_PORT)
		evict_count();
	return again;
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
	if (!reason)
		reason = connect_open(skb, packet, frontend->service, choice.backend, choice.state);
	if (reason == DROP_NO_SOURCE_PORT || (reason == DROP_FLOW_TABLE_FULL && evict()))
		reason = connect_again(skb, packet, frontend->service, &choice, reason);
	if (reason)
		return packet_drop(skb, reason);
	/* Looked up again, because another CPU may have opened the same connection with another backend. */
	flow = flow_find(packet);
	if (!flow || !flow_is_forward(flow, packet))
		return packet_drop(skb, DROP_FLOW_TABLE_FULL);
	return translate(skb, packet, flow, TRANSLATE_FORWARD);
}

#endif
