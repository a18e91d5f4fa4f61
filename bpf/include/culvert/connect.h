/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A packet of a pod to a Service: on with the connection that it belongs to, or a new one. */
#ifndef CULVERT_CONNECT_H
#define CULVERT_CONNECT_H

#include "flow_open.h"
#include "reject.h"
#include "select.h"
#include "translate.h"

/*
 * Whether a packet that may open a connection continues one. UDP does while its backend serves the Service. A SYN does
 * when it repeats one that was not answered; any other SYN is a new connection from a port that was used before.
 */
static __always_inline bool connect_continues(const struct flow *flow, const struct packet *packet)
{
	if (!backend_is_published(flow->backend_id))
		return false;
	return packet->protocol == IPPROTO_UDP ||
	       !(flow->state & (FLOW_ANSWERED | FLOW_CLIENT_CLOSED | FLOW_RESET));
}

/* False where a pod reaches itself and there is no address of the node to put in its place. */
static __always_inline bool connect_set_source(struct flow *flow)
{
	flow->source = flow->client;
	flow->source_port = flow->client_port;
	if (!ip_equal(&flow->client, &flow->backend))
		return true;
	flow->state |= FLOW_HAIRPIN;
	if (ip_is_v4(&flow->client)) {
		for (int i = 0; i < 4; i++)
			flow->source.word[i] = config_node_ipv4.word[i];
	} else {
		for (int i = 0; i < 4; i++)
			flow->source.word[i] = config_node_ipv6.word[i];
	}
	return !ip_is_zero(&flow->source);
}

/* Opens a flow; the drop reason that says why it could not. */
__noinline int connect_open(struct __sk_buff *skb, const struct packet *packet, __u32 service,
			    const struct backend *backend)
{
	struct flow flow = {};

	if (!packet || !backend)
		return DROP_INVALID_PACKET;
	flow.client = packet->source;
	flow.service = packet->destination;
	flow.backend = backend->address;
	flow.client_port = packet->source_port;
	flow.service_port = packet->destination_port;
	flow.backend_port = backend->port;
	flow.service_index = service;
	flow.backend_id = backend->id;
	flow.created = flow_clock();
	flow.last_seen = flow.created;
	flow.packets = 1;
	flow.bytes = packet_length(skb);
	flow.protocol = packet->protocol;
	flow.state = flow_state_forward(packet->signals);
	if (!connect_set_source(&flow))
		return DROP_NO_SOURCE_PORT;
	switch (flow_open(&flow)) {
	case 0:
	case -EALREADY:
		return 0;
	case -EEXIST:
		return DROP_NO_SOURCE_PORT;
	}
	return DROP_FLOW_TABLE_FULL;
}

/* Chooses a backend of the Service for a packet whose destination is what the client shall see as its peer. */
static __always_inline int connect_service(struct __sk_buff *skb, const struct packet *packet,
					   const struct frontend *frontend, const struct flow_key *key)
{
	struct candidates candidates;
	const struct backend *backend;
	struct flow *flow;
	int reason;

	if (!packet->source_port)
		return packet_drop(skb, DROP_INVALID_PACKET);
	switch (service_candidates(frontend, frontend_is_local(frontend, false), &candidates)) {
	case CANDIDATES_UNPUBLISHED:
		return PACKET_PASS;
	case CANDIDATES_NONE:
		return packet_reject(skb, packet);
	case CANDIDATES_ELSEWHERE:
		return packet_drop(skb, DROP_NO_LOCAL_BACKEND);
	}
	backend = select_backend_for(&candidates, frontend->service, &packet->source);
	/* A backend of the other family cannot be written into this packet. */
	if (!backend || ip_is_v4(&backend->address) != packet->v4)
		return packet_reject(skb, packet);
	/* Dialled by the address of the backend that was chosen: nothing to translate, and no entry needed. */
	if (backend->port == packet->destination_port && ip_equal(&backend->address, &packet->destination))
		return PACKET_PASS;
	reason = connect_open(skb, packet, frontend->service, backend);
	if (reason)
		return packet_drop(skb, reason);
	/* Looked up again, because another CPU may have opened the same flow with another backend. */
	flow = bpf_map_lookup_elem(&flows, key);
	if (!flow || !flow_is_forward(flow, packet))
		return packet_drop(skb, DROP_FLOW_TABLE_FULL);
	return translate_forward(skb, packet, flow);
}

#endif
