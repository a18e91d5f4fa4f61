/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The fast path: what one pod of this node sends to another is handed to that one without the stack in between. What a
 * packet of another kind would meet there (ICMP errors, fragments, options, filters) is left to the stack.
 */
#ifndef CULVERT_FAST_H
#define CULVERT_FAST_H

#include "csum.h"
#include "layout_fast.h"
#include "maps.h"
#include "parse.h"
#include "turn.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, struct address_key);
	__type(value, struct local_pod);
} local_pods SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, FAST_TAILS);
	__type(key, __u32);
	__type(value, __u32);
} fast_tails SEC(".maps");

/* Of a frame, all that a router changes: up to the checksum of IPv4, past the hop limit of IPv6. */
struct fast_head {
	__be16 mac[3];
	__be16 router[3];
	__be16 type;
	__u8 ip[10];
	__u16 check;
};

#define FAST_IPV4_TTL 8
#define FAST_IPV6_HOP_LIMIT 7

static __always_inline bool mac_equal(const __be16 *one, const __be16 *other)
{
	return one[0] == other[0] && one[1] == other[1] && one[2] == other[2];
}

static __always_inline struct local_pod *local_pod(const struct ip *address)
{
	struct address_key key = { .address = *address };

	return bpf_map_lookup_elem(&local_pods, &key);
}

/* The pod that a packet is handed to, or null. A source that is not behind this interface is for the stack to judge. */
static __always_inline struct local_pod *fast_pod(struct __sk_buff *skb, const struct packet *packet)
{
	struct local_pod *pod, *sender;
	__u32 mtu = 0;

	if (packet->fragment || skb->vlan_present || packet->l4_offset != ETH_HLEN + (packet->v4 ? 20 : 40))
		return NULL;
	pod = local_pod(&packet->destination);
	if (!pod || pod->ifindex == skb->ifindex)
		return NULL;
	sender = local_pod(&packet->source);
	if (!sender || sender->ifindex != skb->ifindex)
		return NULL;
	/* Fails as well if the interface is gone: an address may have moved on while no agent ran. */
	return bpf_check_mtu(skb, pod->ifindex, &mtu, 0, BPF_MTU_CHK_SEGS) ? NULL : pod;
}

/*
 * Makes a frame what the pod would receive of it: as a router does, or as a bridge where it was sent to the pod's own
 * address. 0, or non-zero where the stack must see it as it is.
 */
static __always_inline long fast_prepare(struct __sk_buff *skb, const struct packet *packet, const struct local_pod *pod)
{
	bool routed = skb->pkt_type == PACKET_TYPE_THIS_HOST;
	struct fast_head head;
	void *data;

	if (!routed && skb->pkt_type != PACKET_TYPE_OTHER_HOST)
		return -1;
	data = packet_bytes(skb, 0, sizeof(head));
	if (!data)
		return -1;
	__builtin_memcpy(&head, data, sizeof(head));
	if (!routed && mac_equal(head.mac, pod->mac))
		return bpf_skb_change_type(skb, PACKET_TYPE_THIS_HOST);
	if (!routed && !mac_equal(head.mac, pod->router))
		return -1;
	if (packet->v4) {
		if (head.ip[FAST_IPV4_TTL]-- <= 1)
			return -1;
		head.check = csum_of_lowered_ttl(head.check);
	} else if (head.ip[FAST_IPV6_HOP_LIMIT]-- <= 1) {
		return -1;
	}
	__builtin_memcpy(head.mac, pod->mac, sizeof(head.mac) + sizeof(head.router));
	if (bpf_skb_store_bytes(skb, 0, &head, sizeof(head), 0))
		return -1;
	return routed ? 0 : bpf_skb_change_type(skb, PACKET_TYPE_THIS_HOST);
}

/* The end of what a pod sends: verdict, or where the fast path leads. */
static __always_inline int fast_end(struct __sk_buff *skb, int verdict, __u32 tail)
{
	if (verdict == PACKET_PASS)
		bpf_tail_call(skb, &fast_tails, tail);
	return verdict;
}

#endif
