/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What becomes of a packet that opens a connection: decided here, and written by others. */
#ifndef CULVERT_CHOICE_H
#define CULVERT_CHOICE_H

#include "client.h"
#include "route.h"
#include "select.h"

/* UDP tells nobody what it opens, so that each datagram is asked; of other connections only the first packet. */
static __always_inline bool packet_may_open(const struct packet *packet)
{
	return packet->protocol == IPPROTO_UDP || packet->signals & PACKET_OPEN;
}

/* Where a packet would find its frontend. */
static __always_inline struct frontend_key packet_dials(const struct packet *packet)
{
	return (struct frontend_key){
		.address = packet->destination,
		.port = packet->destination_port,
		.protocol = packet->protocol,
	};
}

/* Why a packet opens no connection; a reason of enum drop_reason stands for itself. */
#define CHOICE_PASS 1   /* nothing to translate */
#define CHOICE_REFUSE 2 /* nobody serves this client */

/* A backend for a client, and the state that its connection begins with. */
struct choice {
	const struct backend *backend;
	__u16 state; /* FLOW_* */
};

/* The backends that may serve a client: 0, or why there are none. */
static __always_inline int connect_candidates(const struct packet *packet, const struct frontend *frontend,
					      enum client client, struct candidates *candidates)
{
	if (!packet->source_port)
		return DROP_INVALID_PACKET;
	if (!frontend_admits(frontend, &packet->source))
		return DROP_SOURCE_RANGE;
	switch (service_candidates(frontend, frontend_is_local(frontend, client != CLIENT_EXTERNAL), candidates)) {
	case CANDIDATES_UNPUBLISHED:
		return CHOICE_PASS;
	case CANDIDATES_NONE:
		return CHOICE_REFUSE;
	case CANDIDATES_ELSEWHERE:
		return DROP_NO_LOCAL_BACKEND;
	}
	return 0;
}

/* What follows from the backend that was selected: 0, or why there is no connection to it. */
static __always_inline int connect_choice(const struct packet *packet, const struct frontend *frontend,
					  enum client client, const struct candidates *candidates,
					  const struct backend *backend, struct choice *choice)
{
	/* A backend of the other family cannot be written into this packet. */
	if (!backend || ip_is_v4(&backend->address) != packet->v4)
		return CHOICE_REFUSE;
	/* Dialled by the address of the backend that was chosen: nothing to translate, and no entry needed. */
	if (backend->port == packet->destination_port && ip_equal(&backend->address, &packet->destination))
		return CHOICE_PASS;
	choice->backend = backend;
	choice->state = (client_is_masqueraded(client, frontend) ? FLOW_MASQUERADED : 0) |
			(client == CLIENT_HOST ? FLOW_HOST : 0) |
			(candidates->flags & EXTENT_RESET_REMOVED ? FLOW_RESET_REMOVED : 0) |
			(select_counts(candidates->algorithm) ? FLOW_COUNTED : 0);
	return 0;
}

/*
 * Of a packet that came in by a device of the node: the backend sees and answers the client itself, where the Service says
 * so. What has the address of another node keeps its masquerade: that node would not take in a packet from itself.
 */
static __always_inline void choice_directly(const struct packet *packet, const struct frontend *frontend,
					    enum client client, struct choice *choice)
{
	if (!(frontend->flags & FRONTEND_DSR) || client != CLIENT_EXTERNAL || !(choice->state & FLOW_MASQUERADED) ||
	    node_address_is(&packet->source, NODE_ADDRESS_OTHER))
		return;
	choice->state &= ~FLOW_MASQUERADED;
	if (!(choice->backend->flags & BACKEND_LOCAL))
		choice->state |= FLOW_DSR;
}

/* Of the same: whether it goes past this node's stack, which then never sees it. */
static __always_inline void choice_forwards(enum client client, struct choice *choice)
{
	__u32 zero = 0;
	struct control *settings;

	if (client != CLIENT_EXTERNAL || !(choice->state & FLOW_MASQUERADED) || choice->backend->flags & BACKEND_LOCAL)
		return;
	settings = bpf_map_lookup_elem(&control, &zero);
	if (settings && settings->flags & CONTROL_FORWARDS)
		choice->state |= FLOW_ROUTED;
}

/* The interface by which the node would send the connection on, if what is written depends on it. */
static __always_inline int connect_device(struct __sk_buff *skb, const struct packet *packet, const struct choice *choice)
{
	return choice->state & (FLOW_HOST | FLOW_MASQUERADED) ? route_device(skb, packet, &choice->backend->address) :
								ROUTE_UNKNOWN;
}

/*
 * What the backend sees as its peer, but for the ports. False where that must be an address of this node, and there is
 * none. device: connect_device()
 */
static __always_inline bool connect_set_source(const struct packet *packet, struct flow *flow, int device)
{
	flow->source = flow->client;
	flow->source_port = flow->client_port;
	if (flow->state & FLOW_DSR)
		return true;
	/* What this node sends is on its way out by now: it cannot be turned back to a backend that is the node itself. */
	if (flow->state & FLOW_HOST && device == ROUTE_HERE)
		return false;
	if (ip_equal(&flow->client, &flow->backend)) {
		flow->state |= FLOW_HAIRPIN | FLOW_OTHER_SOURCE;
		flow->state &= ~FLOW_MASQUERADED;
		node_address(&flow->source, packet->v4);
		return !ip_is_zero(&flow->source);
	}
	/* Datagrams are looked up in the flow table by their ports alone where they come in: see packet_may_reply(). */
	if (flow->state & FLOW_HOST && flow->protocol == IPPROTO_UDP)
		flow->state |= FLOW_OTHER_SOURCE;
	if (!(flow->state & FLOW_MASQUERADED))
		return true;
	if (device == ROUTE_HERE) {
		flow->state &= ~FLOW_MASQUERADED;
		return true;
	}
	device_address(&flow->masquerade, device, packet->v4);
	return !ip_is_zero(&flow->masquerade);
}

#endif
