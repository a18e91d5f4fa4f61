/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* On the node that a client dials: its packets in an outer header, towards their backend. */
#ifndef CULVERT_DSR_SEND_H
#define CULVERT_DSR_SEND_H

#include "dsr_outer.h"
#include "event_trace.h"
#include "flow.h"
#include "fragment.h"
#include "reject.h"

/* The length, from the network header on, of what goes over the wire: of a GSO packet, that of each of its parts. */
static __always_inline __u32 dsr_length(struct __sk_buff *skb, const struct packet *packet)
{
	__u32 headers = packet->l4_offset - ETH_HLEN;
	__u8 words = 0;

	if (!skb->gso_size)
		return packet_length(skb);
	if (packet->protocol != IPPROTO_TCP)
		return headers + sizeof(struct udphdr) + skb->gso_size;
	bpf_skb_load_bytes(skb, packet->l4_offset + 12, &words, sizeof(words));
	return headers + (words >> 4) * 4 + skb->gso_size;
}

/*
 * The interface that leads to the backend; 0: none does; negative: what is too big for the route may have at most that
 * many bytes.
 */
__noinline int dsr_route(struct __sk_buff *skb, const struct packet *packet, const struct flow *flow)
{
	struct bpf_fib_lookup route = {};
	struct packet outer = {};
	__u32 length, more;

	if (!packet || !flow)
		return 0;
	more = dsr_overhead(packet->v4);
	length = dsr_length(skb, packet) + more;
	if (!dsr_outer_packet(&outer, packet->v4))
		return 0;
	route_ask(&route, skb->ifindex, &outer, &flow->backend);
	route.tot_len = length > DSR_LENGTH_MAX ? DSR_LENGTH_MAX : length;
	switch (bpf_fib_lookup(skb, &route, sizeof(route), 0)) {
	case BPF_FIB_LKUP_RET_SUCCESS:
	case BPF_FIB_LKUP_RET_NO_NEIGH:
		return route.ifindex;
	case BPF_FIB_LKUP_RET_FRAG_NEEDED:
		return route.mtu_result > more ? (int)more - (int)route.mtu_result : 0;
	}
	return 0;
}

/* What bpf_skb_adjust_room() is to know of the room that it makes. */
static __always_inline __u64 dsr_room(__u64 network)
{
	return BPF_F_ADJ_ROOM_FIXED_GSO | network | (config_dsr_geneve ? BPF_F_ADJ_ROOM_ENCAP_L4_UDP : 0);
}

static __always_inline long dsr_push4(struct __sk_buff *skb, const struct flow *flow, __u32 hash)
{
	struct dsr_outer4 outer = {};
	__u32 size = dsr_overhead(true);
	__u8 inner[2];

	if (bpf_skb_load_bytes(skb, ETH_HLEN, inner, sizeof(inner)))
		return -1;
	dsr_fill4(&outer, inner[1], packet_length(skb), flow->backend.word[3], flow->backend_port, hash);
	return bpf_skb_adjust_room(skb, size, BPF_ADJ_ROOM_MAC, dsr_room(BPF_F_ADJ_ROOM_ENCAP_L3_IPV4)) ?:
	       bpf_skb_store_bytes(skb, ETH_HLEN, &outer, size, 0);
}

static __always_inline long dsr_push6(struct __sk_buff *skb, const struct flow *flow, __u32 hash)
{
	struct dsr_outer6 outer = {};
	__u32 size = dsr_overhead(false);
	__be32 first;

	if (bpf_skb_load_bytes(skb, ETH_HLEN, &first, sizeof(first)))
		return -1;
	dsr_fill6(&outer, first, packet_length(skb), &flow->backend, flow->backend_port, hash);
	return bpf_skb_adjust_room(skb, size, BPF_ADJ_ROOM_MAC, dsr_room(BPF_F_ADJ_ROOM_ENCAP_L3_IPV6)) ?:
	       bpf_skb_store_bytes(skb, ETH_HLEN, &outer, size, 0);
}

/* Puts the outer header before a packet. Non-zero when it failed: it must be dropped then. */
__noinline int dsr_push(struct __sk_buff *skb, const struct flow *flow)
{
	__u32 hash;

	if (!flow)
		return -1;
	hash = config_dsr_geneve ? bpf_get_hash_recalc(skb) : 0;
	return ip_is_v4(&flow->backend) ? dsr_push4(skb, flow, hash) : dsr_push6(skb, flow, hash);
}

/* Tells the sender that its packet is too big. mtu: what it may have at most */
__noinline int dsr_answer_too_big(struct __sk_buff *skb, const struct packet *packet, __u32 mtu)
{
	long error;

	if (!packet)
		return TC_ACT_SHOT;
	error = packet->v4 ? reject_with_icmp4(skb, packet, mtu) : reject_with_icmp6(skb, packet, mtu);
	return error ? TC_ACT_SHOT : packet_turn(skb, 0);
}

static __always_inline int dsr_too_big(struct __sk_buff *skb, const struct packet *packet, __u32 mtu)
{
	drop_count(DROP_TOO_BIG, packet_length(skb));
	skb->cb[PACKET_REASON] = DROP_TOO_BIG;
	if (packet->fragment == FRAGMENT_LATER || packet->protocol == IPPROTO_ICMP || packet->protocol == IPPROTO_ICMPV6 ||
	    reject_silently(skb, packet))
		return TC_ACT_SHOT;
	if (event_level() != EVENTS_OFF)
		event_packet(skb, packet, EVENT_WHAT(EVENT_DROP, EVENT_DROPPED, DROP_TOO_BIG) | EVENT_REFUSED, 0, 0);
	return dsr_answer_too_big(skb, packet, mtu);
}

/*
 * On with a packet of a connection with FLOW_DSR, or an ICMP error about one. It leaves by the route that the stack would
 * take, but not through the stack, which would not take in a packet from its own address.
 */
static __noinline int dsr_send(struct __sk_buff *skb, const struct packet *packet, const struct flow *flow)
{
	int device;

	skb->cb[PACKET_HOOK] |= PACKET_MOVED;
	if (packet->fragment == FRAGMENT_FIRST && fragment_remember(packet))
		return packet_drop(skb, DROP_WRITE_ERROR);
	device = dsr_route(skb, packet, flow);
	if (device < 0)
		return dsr_too_big(skb, packet, -device);
	if (!device)
		return packet_drop(skb, DROP_NO_ROUTE);
	event_end(skb, PACKET_PASS); /* told of while it shows its connection */
	if (dsr_push(skb, flow))
		return packet_drop(skb, DROP_WRITE_ERROR);
	return bpf_redirect_neigh(device, NULL, 0, 0);
}

#endif
