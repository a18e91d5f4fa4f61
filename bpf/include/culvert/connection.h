/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a packet goes on with a connection, and opening one: what of connect.h is the same before the stack and behind it. */
#ifndef CULVERT_CONNECTION_H
#define CULVERT_CONNECTION_H

#include "choice.h"
#include "evict.h"
#include "flow_open.h"

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

/* Beside the state of a connection that is opened: it may take what others have that are not established. */
#define OPEN_EVICTS (1u << 16)

/* Two numbers as one argument. */
static __always_inline __u64 open_pair(__u32 low, __u32 high)
{
	return (__u64)high << 32 | low;
}

/*
 * Opens a connection to a backend; the drop reason that says why it could not.
 * begins: open_pair() of the index of its Service, and of its state with OPEN_EVICTS
 * sent: open_pair() of the length of the packet, 0 where it is counted later, and of connect_device()
 */
__noinline int connect_open(const struct packet *packet, const struct backend *backend, __u64 begins, __u64 sent)
{
	__u32 state = begins >> 32, length = sent;
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
	flow->service_index = begins;
	flow->backend_id = backend->id;
	flow->created = flow_clock();
	flow->last_seen = flow->created;
	flow->packets = !!length;
	flow->bytes = length;
	flow->protocol = packet->protocol;
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

/*
 * The same; where there is no room, at the expense of others that are not established: after evict(), or of whoever has a
 * port. sent: see connect_open()
 */
static __always_inline int connect_establish(const struct packet *packet, __u32 service, const struct choice *choice,
					     __u64 sent)
{
	int reason = connect_open(packet, choice->backend, open_pair(service, choice->state), sent), again;

	if (reason != DROP_NO_SOURCE_PORT && (reason != DROP_FLOW_TABLE_FULL || !evict()))
		return reason;
	again = connect_open(packet, choice->backend, open_pair(service, choice->state | OPEN_EVICTS), sent);
	if (!again && reason == DROP_NO_SOURCE_PORT)
		evict_count();
	return again;
}

#endif
