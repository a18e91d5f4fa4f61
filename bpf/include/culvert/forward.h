/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The fast path through this node: packets of clients outside whose backend is on another node, and what that answers, leave
 * by the route that the stack would take, but not through the stack. Decided when a connection begins, for as long as it
 * lasts: netfilter would take a packet in the middle of one that it has not seen for something new, and masquerade it.
 */
#ifndef CULVERT_FORWARD_H
#define CULVERT_FORWARD_H

#include "csum.h"
#include "route.h"
#include "turn.h"

/* What the stack would answer with "time exceeded" is left to it. */
static __always_inline long forward_count4(struct __sk_buff *skb)
{
	struct iphdr *ip = packet_bytes(skb, ETH_HLEN, sizeof(*ip));
	__be16 check;
	__u8 ttl;

	if (!ip || ip->ttl <= 1)
		return -1;
	ttl = ip->ttl - 1;
	check = csum_of_lowered_ttl(ip->check);
	if (bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct iphdr, ttl), &ttl, sizeof(ttl), 0))
		return -1;
	return bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct iphdr, check), &check, sizeof(check), 0);
}

static __always_inline long forward_count6(struct __sk_buff *skb)
{
	struct ipv6hdr *ip = packet_bytes(skb, ETH_HLEN, sizeof(*ip));
	__u8 limit;

	if (!ip || ip->hop_limit <= 1)
		return -1;
	limit = ip->hop_limit - 1;
	return bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, hop_limit), &limit, sizeof(limit), 0);
}

/* Where a packet leaves: the index of an interface, with the next hop; 0 where the stack must say what becomes of it. */
static __always_inline int forward_route(struct __sk_buff *skb, const struct packet *packet, struct bpf_redir_neigh *next)
{
	struct bpf_fib_lookup route = {};
	long result;

	route_ask(&route, skb->ifindex, packet, &packet->destination);
	/* Without a length the kernel asks whether the packet, or each part of it, fits the interface. */
	result = bpf_fib_lookup(skb, &route, sizeof(route), 0);
	if (result != BPF_FIB_LKUP_RET_SUCCESS && result != BPF_FIB_LKUP_RET_NO_NEIGH)
		return 0;
	next->nh_family = route.family;
	__builtin_memcpy(next->ipv6_nh, route.ipv6_dst, sizeof(next->ipv6_nh));
	return route.ifindex;
}

/* Verdict of a translated packet that is PACKET_ROUTED: sent on, or left to the stack. */
static __noinline int forward_send(struct __sk_buff *skb)
{
	struct bpf_redir_neigh next = {};
	struct packet packet = {};
	int parsed = packet_parse(skb, &packet), device;

	if (parsed != PARSE_OK && parsed != PARSE_FRAGMENT)
		return PACKET_PASS;
	device = forward_route(skb, &packet, &next);
	if (!device || (packet.v4 ? forward_count4(skb) : forward_count6(skb)))
		return PACKET_PASS;
	/* The tag of the network that it came from; where it goes to a tagged one, that device gives it another. */
	if (skb->vlan_present && bpf_skb_vlan_pop(skb))
		return packet_drop(skb, DROP_WRITE_ERROR);
	return bpf_redirect_neigh(device, &next, sizeof(next), 0);
}

#endif
