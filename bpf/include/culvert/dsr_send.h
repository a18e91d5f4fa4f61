/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* On the node that a client dials: its packets in an outer header, towards their backend. */
#ifndef CULVERT_DSR_SEND_H
#define CULVERT_DSR_SEND_H

#include <stddef.h>

#include "csum.h"
#include "dsr.h"
#include "event_trace.h"
#include "flow.h"
#include "fragment.h"
#include "reject.h"
#include "route.h"

/* Geneve instead of IPIP. Nodes take either. */
volatile const __u8 config_dsr_geneve = 0;

#define DSR_HOP_LIMIT 64
#define DSR_IPV4_DF 0x4000
#define DSR_LENGTH_MAX 65535

/* What an outer header adds. */
static __always_inline __u32 dsr_overhead(bool v4)
{
	if (config_dsr_geneve)
		return v4 ? sizeof(struct dsr_outer4) : sizeof(struct dsr_outer6);
	return v4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
}

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
 * many bytes. The outer source is the node's primary address, because others know that one.
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
	outer.v4 = packet->v4;
	outer.protocol = config_dsr_geneve ? IPPROTO_UDP : packet->v4 ? IPPROTO_IPIP : IPPROTO_IPV6;
	node_address(&outer.source, packet->v4);
	if (ip_is_zero(&outer.source))
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

/* Flows of a fabric are told apart by it. */
static __always_inline struct udphdr dsr_udp(__u32 hash, __u32 length)
{
	return (struct udphdr){
		.source = bpf_htons(0xc000 | (hash & 0x3fff)),
		.dest = bpf_htons(GENEVE_PORT),
		.len = bpf_htons(length > DSR_LENGTH_MAX ? 0 : length),
	};
}

static __always_inline long dsr_push4(struct __sk_buff *skb, const struct flow *flow, __u32 hash)
{
	__u32 size = dsr_overhead(true), length = packet_length(skb) + size;
	struct dsr_outer4 outer = {};
	struct ip source;
	__u8 inner[2];

	if (bpf_skb_load_bytes(skb, ETH_HLEN, inner, sizeof(inner)))
		return -1;
	node_address(&source, true);
	outer.ip.version = 4;
	outer.ip.ihl = sizeof(outer.ip) / 4;
	outer.ip.tos = inner[1] & ~3; /* no ECN, because its mark is not carried back (RFC 6040) */
	outer.ip.tot_len = bpf_htons(length > DSR_LENGTH_MAX ? 0 : length);
	outer.ip.frag_off = bpf_htons(DSR_IPV4_DF);
	outer.ip.ttl = DSR_HOP_LIMIT;
	outer.ip.protocol = config_dsr_geneve ? IPPROTO_UDP : IPPROTO_IPIP;
	outer.ip.saddr = source.word[3];
	outer.ip.daddr = flow->backend.word[3];
	outer.ip.check = ~csum_fold(bpf_csum_diff(NULL, 0, (__be32 *)&outer.ip, sizeof(outer.ip), 0));
	if (!config_dsr_geneve)
		return bpf_skb_adjust_room(skb, sizeof(outer.ip), BPF_ADJ_ROOM_MAC,
					   BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_ENCAP_L3_IPV4) ?:
		       bpf_skb_store_bytes(skb, ETH_HLEN, &outer, sizeof(outer.ip), 0);
	outer.udp = dsr_udp(hash, length - sizeof(outer.ip));
	outer.geneve = dsr_geneve(true, flow->backend_port);
	return bpf_skb_adjust_room(skb, sizeof(outer), BPF_ADJ_ROOM_MAC,
				   BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_ENCAP_L3_IPV4 |
					   BPF_F_ADJ_ROOM_ENCAP_L4_UDP) ?:
	       bpf_skb_store_bytes(skb, ETH_HLEN, &outer, sizeof(outer), 0);
}

static __always_inline long dsr_push6(struct __sk_buff *skb, const struct flow *flow, __u32 hash)
{
	__u32 size = dsr_overhead(false), length = packet_length(skb) + size - sizeof(struct ipv6hdr);
	struct dsr_outer6 outer = {};
	struct ip source;

	/* Version, traffic class and flow label: the inner ones, but for ECN. */
	if (bpf_skb_load_bytes(skb, ETH_HLEN, &outer, sizeof(__be32)))
		return -1;
	*(__be32 *)&outer &= bpf_htonl(~0x00300000u);
	node_address(&source, false);
	outer.ip.payload_len = bpf_htons(length > DSR_LENGTH_MAX ? 0 : length);
	outer.ip.nexthdr = config_dsr_geneve ? IPPROTO_UDP : IPPROTO_IPV6;
	outer.ip.hop_limit = DSR_HOP_LIMIT;
	__builtin_memcpy(&outer.ip.saddr, &source, sizeof(outer.ip.saddr));
	__builtin_memcpy(&outer.ip.daddr, &flow->backend, sizeof(outer.ip.daddr));
	if (!config_dsr_geneve)
		return bpf_skb_adjust_room(skb, sizeof(outer.ip), BPF_ADJ_ROOM_MAC,
					   BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_ENCAP_L3_IPV6) ?:
		       bpf_skb_store_bytes(skb, ETH_HLEN, &outer, sizeof(outer.ip), 0);
	outer.udp = dsr_udp(hash, length); /* without a checksum: RFC 6935 */
	outer.geneve = dsr_geneve(false, flow->backend_port);
	return bpf_skb_adjust_room(skb, sizeof(outer), BPF_ADJ_ROOM_MAC,
				   BPF_F_ADJ_ROOM_FIXED_GSO | BPF_F_ADJ_ROOM_ENCAP_L3_IPV6 |
					   BPF_F_ADJ_ROOM_ENCAP_L4_UDP) ?:
	       bpf_skb_store_bytes(skb, ETH_HLEN, &outer, sizeof(outer), 0);
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
