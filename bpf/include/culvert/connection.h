/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a packet goes on with a connection, and opening one: what of connect.h is the same before the stack and behind it. */
#ifndef CULVERT_CONNECTION_H
#define CULVERT_CONNECTION_H

#include "choice.h"
#include "evict.h"
#include "flow_open.h"

/* Chooses a backend: 0, or why there is none. In a frame of its own, because opening the connection needs much of the stack. */
static __noinline int connect_choose(const struct packet *packet, const struct frontend *frontend, enum client client,
				     struct choice *choice)
{
	struct candidates candidates;
	int reason = connect_candidates(packet, frontend, client, &candidates);

	if (reason)
		return reason;
	return connect_choice(packet, frontend, client, &candidates,
			      select_backend_for(&candidates, frontend->service, &packet->source,
						 &packet->destination,
						 connection_ports(packet->source_port, packet->destination_port,
								  packet->protocol)),
			      choice);
}

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
	return !(flow->state & (FLOW_ANSWERED | FLOW_CLIENT_CLOSED | FLOW_RESET)) && !flow_is_of_another(flow, packet);
}

/* Whether a connection that is open ends here, because its Service resets those of backends that are removed. */
static __always_inline bool connect_is_reset(const struct flow *flow, const struct packet *packet)
{
	return flow->state & FLOW_RESET_REMOVED && packet->protocol == IPPROTO_TCP &&
	       !(packet->signals & PACKET_RESET) && !backend_is_published(flow->backend_id);
}

/*
 * What a packet from the client shows. With FLOW_DSR nobody sees the other side: who sends another datagram was answered, and
 * who has closed its own side is remembered as long as one that was not, because it still acknowledges what comes.
 */
static __always_inline __u16 connect_shows(struct flow *flow, const struct packet *packet)
{
	__u16 shown = flow_state_forward(packet->signals);

	if (!(flow->state & FLOW_DSR))
		return shown;
	if (packet->protocol == IPPROTO_UDP)
		return FLOW_ANSWERED;
	if (!((flow->state | shown) & FLOW_CLIENT_CLOSED))
		return shown;
	if (flow->state & FLOW_ANSWERED) {
		flow->state &= ~FLOW_ANSWERED;
		load_release_flow(flow);
	}
	return shown & ~FLOW_ANSWERED;
}

/* Two numbers as one argument. */
static __always_inline __u64 open_pair(__u32 low, __u32 high)
{
	return (__u64)high << 32 | low;
}

/*
 * Opens a connection to a backend; the drop reason that says why it could not.
 * begins: open_pair() of the index of its Service, and of its state
 * sent: open_pair() of the length of the packet, 0 where it is counted later, and of connect_device()
 */
__noinline int connect_open(const struct packet *packet, const struct backend *backend, __u64 begins, __u64 sent)
{
	__u32 state = begins >> 32, length = sent;
	struct opening opening = {};
	struct flow *flow = &opening.flow;

	if (!packet || !backend)
		return DROP_INVALID_PACKET;
	flow->client = packet->source;
	flow->service = packet->destination;
	flow->backend = backend->address;
	flow->client_port = packet->source_port;
	flow->service_port = packet->destination_port;
	flow->backend_port = backend->port;
	flow->service_index = begins;
	flow->backend_id = backend->id;
	flow->created = flow_clock();
	flow->last_seen = flow->created;
	flow->packets = !!length;
	flow->bytes = length;
	flow->protocol = packet->protocol;
	flow->begins = packet_begins(packet);
	flow->state = state | flow_state_forward(packet->signals);
	if (!connect_set_source(packet, flow, (int)(sent >> 32)))
		return DROP_NO_SOURCE_PORT;
	switch (flow_open(&opening)) {
	case 0:
		load_open_flow(flow);
		evict_note(flow);
		return 0;
	case -EALREADY:
		return 0;
	case -EEXIST:
		return DROP_NO_SOURCE_PORT;
	}
	return DROP_FLOW_TABLE_FULL;
}

/* The same; where there is no room, at the expense of others that are not established. sent: see connect_open() */
static __always_inline int connect_establish(const struct packet *packet, __u32 service, const struct choice *choice,
					     __u64 sent)
{
	__u64 begins = open_pair(service, choice->state);
	int reason = connect_open(packet, choice->backend, begins, sent);

	return reason == DROP_FLOW_TABLE_FULL && evict() ? connect_open(packet, choice->backend, begins, sent) : reason;
}

#endif
