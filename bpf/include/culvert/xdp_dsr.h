/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Direct server return before the stack: see dsr_send.h, to which what does not fit is left. */
#ifndef CULVERT_XDP_DSR_H
#define CULVERT_XDP_DSR_H

#include "connection.h"
#include "dsr_outer.h"
#include "xdp_event.h"
#include "xdp_route.h"

/* The first word of a packet: version, and type of service or traffic class. */
static __always_inline bool xdp_first_word(const struct xdp_md *ctx, __be32 *first)
{
	__be32 *word = xdp_data(ctx) + ETH_HLEN;

	if ((void *)(word + 1) > xdp_end(ctx))
		return false;
	*first = *word;
	return true;
}

/* Where the outer header goes, behind a new Ethernet header. size: of it, constant; null if there is no room, which was made */
static __always_inline void *xdp_begin(const struct xdp_md *ctx, bool v4, const struct xdp_known *route, __u32 size)
{
	struct ethhdr *ethernet = xdp_data(ctx);

	if ((void *)(ethernet + 1) + size > xdp_end(ctx))
		return NULL;
	__builtin_memcpy(ethernet->h_dest, route->next, ETH_ALEN);
	__builtin_memcpy(ethernet->h_source, route->own, ETH_ALEN);
	ethernet->h_proto = v4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6);
	return ethernet + 1;
}

static __always_inline bool xdp_write4(struct xdp_md *ctx, const struct packet *packet, const struct flow *flow,
				       const struct xdp_known *route, __be32 first)
{
	void *place = xdp_begin(ctx, true, route, config_dsr_geneve ? sizeof(struct dsr_outer4) : sizeof(struct iphdr));
	struct dsr_outer4 outer = {};

	if (!place)
		return false;
	dsr_fill4(&outer, bpf_ntohl(first) >> 16, packet->l4_length + sizeof(struct iphdr), flow->backend.word[3],
		  flow->backend_port, xdp_number(packet));
	if (config_dsr_geneve)
		__builtin_memcpy(place, &outer, sizeof(outer));
	else
		__builtin_memcpy(place, &outer.ip, sizeof(outer.ip));
	return true;
}

static __always_inline bool xdp_write6(struct xdp_md *ctx, const struct packet *packet, const struct flow *flow,
				       const struct xdp_known *route, __be32 first)
{
	void *place =
		xdp_begin(ctx, false, route, config_dsr_geneve ? sizeof(struct dsr_outer6) : sizeof(struct ipv6hdr));
	struct dsr_outer6 outer = {};

	if (!place)
		return false;
	dsr_fill6(&outer, first, packet->l4_length + sizeof(struct ipv6hdr), &flow->backend, flow->backend_port,
		  xdp_number(packet));
	if (config_dsr_geneve)
		__builtin_memcpy(place, &outer, sizeof(outer));
	else
		__builtin_memcpy(place, &outer.ip, sizeof(outer.ip));
	return true;
}

/* Where the packet that one becomes goes, which must fit. */
static __always_inline struct xdp_known *xdp_dsr_route(struct xdp_md *ctx, const struct packet *packet, const struct flow *flow)
{
	struct packet outer = {};

	if (!dsr_outer_packet(&outer, packet->v4))
		return NULL;
	outer.l4_length = packet->l4_length + dsr_overhead(packet->v4);
	return xdp_route_find(ctx, &outer, &flow->backend);
}

/* On with a packet of a connection with FLOW_DSR. */
static __noinline int xdp_dsr(struct xdp_md *ctx, const struct packet *packet, struct flow *flow, __u32 level)
{
	struct xdp_known *route;
	__be32 first;
	int action;

	if (!xdp_first_word(ctx, &first))
		return XDP_PASS;
	route = xdp_dsr_route(ctx, packet, flow);
	action = xdp_leave(ctx, route);
	if (!route || action == XDP_PASS)
		return XDP_PASS;
	flow_account(flow, xdp_length(ctx), connect_shows(flow, packet), flow_clock());
	xdp_event(ctx, packet, flow, level);
	if (bpf_xdp_adjust_head(ctx, -(int)dsr_overhead(packet->v4)))
		return XDP_PASS;
	if (packet->v4 ? xdp_write4(ctx, packet, flow, route, first) : xdp_write6(ctx, packet, flow, route, first))
		return action;
	drop_count(DROP_WRITE_ERROR, xdp_length(ctx));
	return XDP_DROP;
}

#endif
