/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Events about packets that the stack never sees: the same as net_ingress would have told. */
#ifndef CULVERT_XDP_EVENT_H
#define CULVERT_XDP_EVENT_H

#include "event_trace.h"
#include "xdp_parse.h"

/* Whether a packet that goes on is told of; see event_is_due() and event_is_wanted(). level: below EVENTS_LOW */
static __always_inline bool xdp_event_is_due(const struct packet *packet, const struct flow *flow, __u32 level)
{
	if (packet->protocol == IPPROTO_UDP)
		return event_recurs(xdp_number(packet), EVENT_AT_FROM_NETWORK);
	if (!(packet->signals & event_signals(level)))
		return false;
	return level != EVENTS_MAXIMUM || !(packet->signals & (PACKET_CLOSE | PACKET_RESET)) ||
	       event_is_end(flow, packet);
}

static __noinline int xdp_event_tell(struct xdp_md *ctx, const struct packet *packet, struct flow *flow)
{
	struct event_place place = {
		.hook = EVENT_AT_FROM_NETWORK,
		.ifindex = ctx->ingress_ifindex,
		.length = xdp_length(ctx),
	};
	struct event *event = event_begin(packet, EVENT_WHAT(EVENT_TRACE, EVENT_FORWARDED, 0), &place);
	__u8 *flags;

	if (!event)
		return 0;
	flags = xdp_data(ctx) + (packet->v4 ? ETH_HLEN + sizeof(struct iphdr) : ETH_HLEN + sizeof(struct ipv6hdr)) +
		TCP_FLAGS_OFFSET;
	if (packet->protocol == IPPROTO_TCP && (void *)(flags + 1) <= xdp_end(ctx))
		event->tcp_flags = *flags;
	event_of_flow(event, flow, packet);
	event_submit(event);
	return 0;
}

/* Before a packet is translated. flow: its entry, which counted it */
static __always_inline void xdp_event(struct xdp_md *ctx, const struct packet *packet, struct flow *flow, __u32 level)
{
	if (level != EVENTS_OFF && packet->signals != PACKET_PROCEED && xdp_event_is_due(packet, flow, level))
		xdp_event_tell(ctx, packet, flow);
}

#endif
