/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where the stack would send a packet. Asking it is what costs most of an established connection's packet; so the answer is
 * used for all packets about which the same would be asked, for a few milliseconds. Routes and neighbours that change act
 * within that time.
 */
#ifndef CULVERT_XDP_ROUTE_H
#define CULVERT_XDP_ROUTE_H

#include "maps_xdp.h"
#include "route.h"
#include "xdp_parse.h"

/* 5 to 50 milliseconds, by the kernel's configuration. */
#define XDP_KNOWN_JIFFIES 5

static __always_inline struct xdp_known *xdp_known_place(const struct packet *packet, const struct ip *to)
{
	__u32 mixed = packet->source.word[3] ^ (to->word[3] << 7 | to->word[3] >> 25) ^
		      (__u32)packet->source_port << 11;
	__u32 index = (mixed * 0x9e3779b1u) >> (32 - XDP_KNOWN_BITS);

	return bpf_map_lookup_elem(&xdp_known, &index);
}

/* Whether the same was asked a moment ago. All that route_ask() asks for is compared. */
static __always_inline bool xdp_is_known(const struct xdp_known *known, const struct xdp_md *ctx,
					 const struct packet *packet, const struct ip *to)
{
	return known->device && bpf_jiffies64() - known->jiffies < XDP_KNOWN_JIFFIES &&
	       known->source_port == packet->source_port && known->protocol == packet->protocol &&
	       known->ifindex == ctx->ingress_ifindex && ip_equal(&known->destination, to) &&
	       ip_equal(&known->source, &packet->source);
}

static __always_inline void xdp_know(struct xdp_known *known, const struct xdp_md *ctx, const struct packet *packet,
				     const struct ip *to, const struct bpf_fib_lookup *route)
{
	known->source = packet->source;
	known->destination = *to;
	known->ifindex = ctx->ingress_ifindex;
	known->device = route->ifindex;
	known->protocol = packet->protocol;
	known->mtu = route->mtu_result;
	known->jiffies = bpf_jiffies64();
	known->source_port = packet->source_port;
	__builtin_memcpy(known->next, route->dmac, sizeof(known->next));
	__builtin_memcpy(known->own, route->smac, sizeof(known->own));
}

static __always_inline __u32 xdp_route_length(const struct packet *packet)
{
	return packet->l4_length + (packet->v4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr));
}

/* Asks the stack. Rare, and so a call: what it is asked with would lie on the stack of each packet. */
static __noinline bool xdp_route_ask(struct xdp_md *ctx, const struct packet *packet, const struct ip *to,
				     struct xdp_known *known)
{
	struct bpf_fib_lookup route = {};

	route_ask(&route, ctx->ingress_ifindex, packet, to);
	route.tot_len = xdp_route_length(packet);
	if (bpf_fib_lookup(ctx, &route, sizeof(route), 0) != BPF_FIB_LKUP_RET_SUCCESS)
		return false;
	xdp_know(known, ctx, packet, to, &route);
	return true;
}

/*
 * Where packets like this one go: null if the stack must be left to say so, and if this one does not fit. In memory that the
 * next packet may overwrite.
 */
static __always_inline struct xdp_known *xdp_route_find(struct xdp_md *ctx, const struct packet *packet,
							const struct ip *to)
{
	struct xdp_known *known = xdp_known_place(packet, to);

	if (!known)
		return NULL;
	if (xdp_is_known(known, ctx, packet, to))
		return xdp_route_length(packet) <= known->mtu ? known : NULL;
	return xdp_route_ask(ctx, packet, to, known) ? known : NULL;
}

/* A hardware address as a number. */
static __always_inline __u64 mac_number(const __u8 *mac)
{
	const __be16 *part = (const __be16 *)mac;

	return (__u64)bpf_ntohs(part[0]) << 32 | (__u32)bpf_ntohs(part[1]) << 16 | bpf_ntohs(part[2]);
}

/* Whether a frame is addressed to a hardware address: others are seen by a promiscuous device. */
static __always_inline bool xdp_is_to(const struct xdp_md *ctx, __u64 mac)
{
	struct ethhdr *ethernet = xdp_data(ctx);

	return (void *)(ethernet + 1) <= xdp_end(ctx) && mac_number(ethernet->h_dest) == mac;
}

/* Whether it is addressed to the device that it came in by. */
static __always_inline bool xdp_is_ours(const struct xdp_md *ctx, __u32 ifindex)
{
	struct device_key key = { .ifindex = ifindex };
	__u64 *mac = bpf_map_lookup_elem(&xdp_devices, &key);

	return mac && xdp_is_to(ctx, *mac);
}

/*
 * How a packet leaves for where the stack would send it: XDP_TX, XDP_REDIRECT, or XDP_PASS where that must say so itself.
 * Packets that do not fit are among the latter, and so are all that leave by the interface of a pod.
 */
static __always_inline int xdp_leave(struct xdp_md *ctx, const struct xdp_known *route)
{
	__u32 from = ctx->ingress_ifindex;

	if (!route)
		return XDP_PASS;
	if (route->device == from)
		return xdp_is_to(ctx, mac_number(route->own)) ? XDP_TX : XDP_PASS;
	return xdp_is_ours(ctx, from) ? bpf_redirect_map(&xdp_targets, route->device, XDP_PASS) : XDP_PASS;
}

#endif
