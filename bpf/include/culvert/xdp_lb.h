/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Services for clients outside of the node whose backend is on another node: both translations, before the stack. Whatever
 * is not handled here goes on unchanged to net_ingress, which handles it all, with the same tables.
 */
#ifndef CULVERT_XDP_LB_H
#define CULVERT_XDP_LB_H

#include "xdp_dsr.h"
#include "xdp_rewrite.h"

/* From a client to a backend that sees this node: see connect_forward(), and TRANSLATE_MASQUERADE. */
static __noinline int xdp_masquerade(struct xdp_md *ctx, const struct packet *packet, struct flow *flow, __u32 level)
{
	struct xdp_known *route = xdp_route_find(ctx, packet, &flow->backend);
	int action = xdp_leave(ctx, route);
	struct xdp_ends ends;

	if (!route || action == XDP_PASS)
		return XDP_PASS;
	flow_account(flow, xdp_length(ctx), flow_state_forward(packet->signals), flow_clock());
	xdp_event(ctx, packet, flow, level);
	ends = (struct xdp_ends){ &flow->masquerade, &flow->backend, flow->masquerade_port, flow->backend_port };
	return xdp_rewrite(ctx, packet, &ends, route) ? action : XDP_PASS;
}

/* From a client to a backend of another node. */
static __always_inline int xdp_forward(struct xdp_md *ctx, const struct packet *packet, struct flow *flow, __u32 level)
{
	if (!(flow->state & (FLOW_MASQUERADED | FLOW_DSR)) || connect_is_reset(flow, packet))
		return XDP_PASS;
	return flow->state & FLOW_DSR ? xdp_dsr(ctx, packet, flow, level) : xdp_masquerade(ctx, packet, flow, level);
}

/* The entry of the replies of a connection, beside that of its masquerade. */
static __always_inline struct flow *xdp_replies(const struct flow *masquerade)
{
	struct flow *replies;
	struct flow_key key;

	flow_role_key(&key, masquerade, FLOW_REPLY);
	replies = bpf_map_lookup_elem(&flows, &key);
	return replies && replies->role == FLOW_REPLY && flow_is_same(replies, masquerade) ? replies : NULL;
}

/* From a backend to a masquerade: TRANSLATE_UNMASQUERADE, then TRANSLATE_REPLY, each of which counts it. */
static __noinline int xdp_reply(struct xdp_md *ctx, const struct packet *packet, struct flow *flow, __u32 level)
{
	__u16 shown = flow_state_reply(packet->signals);
	struct xdp_known *route;
	struct xdp_ends ends;
	struct flow *replies;
	__u64 now;
	int action;

	if (flow->role != FLOW_MASQUERADE || flow_is_of_another(flow, packet))
		return XDP_PASS;
	replies = xdp_replies(flow);
	if (!replies || flow_is_idle(replies, flow_clock()))
		return XDP_PASS;
	route = xdp_route_find(ctx, packet, &flow->client);
	action = xdp_leave(ctx, route);
	if (!route || action == XDP_PASS)
		return XDP_PASS;
	now = flow_clock();
	flow_account(flow, xdp_length(ctx), shown, now);
	xdp_event(ctx, packet, replies, level);
	flow_account(replies, xdp_length(ctx), shown, now);
	ends = (struct xdp_ends){ &flow->service, &flow->client, flow->service_port, flow->client_port };
	return xdp_rewrite(ctx, packet, &ends, route) ? action : XDP_PASS;
}

/* As route_device(). */
static __noinline int xdp_device(struct xdp_md *ctx, const struct packet *packet, const struct ip *backend)
{
	struct bpf_fib_lookup route = {};

	route_ask(&route, ctx->ingress_ifindex, packet, backend);
	return route_answer(&route, bpf_fib_lookup(ctx, &route, sizeof(route), 0));
}

/*
 * Opens a connection of a client outside, and goes on with it if its backend is on another node; nothing is counted before
 * it is known who carries its first packet. What opens none is left to net_ingress, which says why, and answers.
 */
static __noinline int xdp_open(struct xdp_md *ctx, const struct packet *packet, const struct frontend *frontend,
			       __u32 level)
{
	enum client client = client_of_packet(ctx->ingress_ifindex, packet);
	struct choice choice;
	struct flow *flow;
	int device;

	if (!client_is_masqueraded(client, frontend) || !packet_is_of_host(packet) ||
	    !xdp_is_ours(ctx, ctx->ingress_ifindex) ||
	    connect_choose(packet, frontend, client, &choice))
		return XDP_PASS;
	choice_directly(packet, frontend, client, &choice);
	device = xdp_device(ctx, packet, &choice.backend->address);
	flow = flow_find(packet);
	if (flow)
		flow_delete(flow);
	if (connect_establish(packet, frontend->service, &choice, open_pair(0, device)))
		return XDP_PASS;
	flow = flow_find(packet);
	return flow && flow_is_forward(flow, packet) ? xdp_forward(ctx, packet, flow, level) : XDP_PASS;
}

static __noinline struct frontend *xdp_frontend(const struct packet *packet)
{
	struct frontend_key key = packet_dials(packet);

	return frontend_find(&key);
}

/* As ingress() does for the same packet. */
static __always_inline int xdp_packet(struct xdp_md *ctx, const struct packet *packet, __u32 level)
{
	struct frontend *frontend = NULL;
	struct flow *flow;

	if (packet_may_open(packet)) {
		frontend = xdp_frontend(packet);
		if (!frontend && !is_source_port(packet->destination_port))
			return XDP_PASS;
	}
	flow = flow_find(packet);
	if (flow && !flow_is_expired(flow, flow_clock())) {
		if (flow_is_forward(flow, packet) &&
		    (frontend ? connect_continues(flow, packet) : !packet_may_open(packet)))
			return xdp_forward(ctx, packet, flow, level);
		if (!frontend && flow_is_reply(flow, packet) && !(packet->signals & PACKET_OPEN))
			return xdp_reply(ctx, packet, flow, level);
	}
	return frontend ? xdp_open(ctx, packet, frontend, level) : XDP_PASS;
}

/* Where every packet is to be told of, each goes the long way, and is told of there. */
static __always_inline int xdp_balance(struct xdp_md *ctx)
{
	struct packet packet = {};
	__u32 level;

	if (!xdp_parse(ctx, &packet))
		return XDP_PASS;
	level = event_level();
	return level >= EVENTS_LOW ? XDP_PASS : xdp_packet(ctx, &packet, level);
}

#endif
