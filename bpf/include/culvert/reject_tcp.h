/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Turns a segment into the RST that a closed port answers with (RFC 9293, 3.10.7.1). */
#ifndef CULVERT_REJECT_TCP_H
#define CULVERT_REJECT_TCP_H

#include <stddef.h>

#include "csum.h"

/* The network header stays, with its options: it is only told its new length. */
static __always_inline long reset_ipv4_header(struct __sk_buff *skb, const struct packet *packet)
{
	__be32 addresses[2] = { packet->destination.word[3], packet->source.word[3] };
	__be16 length = bpf_htons(packet->l4_offset - ETH_HLEN + sizeof(struct tcphdr));
	__be16 from;

	if (bpf_skb_load_bytes(skb, ETH_HLEN + offsetof(struct iphdr, tot_len), &from, sizeof(from)) ||
	    bpf_l3_csum_replace(skb, ETH_HLEN + offsetof(struct iphdr, check), from, length, sizeof(length)) ||
	    bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct iphdr, tot_len), &length, sizeof(length), 0))
		return -1;
	return bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct iphdr, saddr), addresses, sizeof(addresses), 0);
}

static __always_inline long reset_ipv6_header(struct __sk_buff *skb, const struct packet *packet)
{
	struct ip addresses[2] = { packet->destination, packet->source };
	__be16 length =
		bpf_htons(packet->l4_offset - ETH_HLEN - sizeof(struct ipv6hdr) + sizeof(struct tcphdr));

	if (bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, payload_len), &length, sizeof(length), 0))
		return -1;
	return bpf_skb_store_bytes(skb, ETH_HLEN + offsetof(struct ipv6hdr, saddr), addresses, sizeof(addresses), 0);
}

/*
 * A segment of a local socket leaves its checksum to be completed later, so that the field must hold the sum P of the
 * pseudo header; another packet's field must hold ~(P + T), T being the sum of the TCP header. Which of the two this
 * is cannot be read, but the helper knows: it applies a difference that is not of the pseudo header only to the
 * second kind. So P is stored, and the difference P + T - (-P) = 2P + T makes ~(P + T) of it where that is due.
 */
static __always_inline long reject_with_reset(struct __sk_buff *skb, const struct packet *packet)
{
	struct tcphdr segment, reset = {};
	__u64 pseudo = csum_pseudo_header(packet, IPPROTO_TCP, sizeof(reset));
	__u64 sum;

	if (bpf_skb_load_bytes(skb, packet->l4_offset, &segment, sizeof(segment)) ||
	    bpf_skb_change_tail(skb, packet->l4_offset + sizeof(reset), 0))
		return -1;
	if (packet->v4 ? reset_ipv4_header(skb, packet) : reset_ipv6_header(skb, packet))
		return -1;

	reset.source = segment.dest;
	reset.dest = segment.source;
	reset.doff = sizeof(reset) / 4;
	reset.rst = 1;
	/* Of segments without ACK only a SYN is ever answered, which counts as one byte. */
	if (segment.ack) {
		reset.seq = segment.ack_seq;
	} else {
		reset.ack_seq = bpf_htonl(bpf_ntohl(segment.seq) + 1);
		reset.ack = 1;
	}
	sum = bpf_csum_diff(NULL, 0, (__be32 *)&reset, sizeof(reset), 0);
	reset.check = csum_fold(pseudo);
	if (bpf_skb_store_bytes(skb, packet->l4_offset, &reset, sizeof(reset), 0))
		return -1;
	return bpf_l4_csum_replace(skb, packet->l4_offset + offsetof(struct tcphdr, check), 0,
				   csum_fold(2 * pseudo + sum), 0);
}

#endif
