/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whose frames these are, and where they go on to, before the stack. */
#ifndef CULVERT_XDP_ROUTE_H
#define CULVERT_XDP_ROUTE_H

#include "maps_xdp.h"
#include "route.h"
#include "xdp_parse.h"

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
 * Where the stack would send a packet to an address: XDP_TX, XDP_REDIRECT, or XDP_PASS where it must say so itself. route: the
 * answer. Packets that do not fit are among the latter, and so are all that leave by the interface of a pod.
 */
static __always_inline int xdp_route(struct xdp_md *ctx, const struct packet *packet, const struct ip *to,
				     struct bpf_fib_lookup *route)
{
	__u32 from = ctx->ingress_ifindex;

	route_ask(route, from, packet, to);
	route->tot_len = packet->l4_length + (packet->v4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr));
	if (bpf_fib_lookup(ctx, route, sizeof(*route), 0) != BPF_FIB_LKUP_RET_SUCCESS)
		return XDP_PASS;
	if (route->ifindex == from)
		return xdp_is_to(ctx, mac_number(route->smac)) ? XDP_TX : XDP_PASS;
	return xdp_is_ours(ctx, from) ? bpf_redirect_map(&xdp_targets, route->ifindex, XDP_PASS) : XDP_PASS;
}

#endif
