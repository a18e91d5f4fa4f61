/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * On the node that is dialled: the way to a backend may be narrower than routes say, of which a router on it tells this
 * node. The stack keeps what fits on the way to each address, and bpf_fib_lookup() heeds that. But it learns only from
 * errors about what a socket or tunnel of its own has sent, which our outer headers were not, and about echo replies, which
 * have neither (icmp_err(), icmpv6_err()). So a router's error is made to quote one.
 */
#ifndef CULVERT_DSR_PATH_H
#define CULVERT_DSR_PATH_H

#include "dsr_outer.h"
#include "icmp_error.h"

static __always_inline bool icmp_is_too_big(struct __sk_buff *skb, const struct packet *packet)
{
	__u8 kind[2]; /* type and code */

	if (bpf_skb_load_bytes(skb, packet->l4_offset, kind, sizeof(kind)))
		return false;
	return packet->v4 ? kind[0] == ICMP_DEST_UNREACH && kind[1] == ICMP_FRAG_NEEDED : kind[0] == ICMPV6_PKT_TOOBIG;
}

/* Whether this node puts such a header before packets. answer: to the packet that has it */
static __always_inline bool dsr_is_outer(const struct packet *answer)
{
	struct ip own;

	node_address(&own, answer->v4);
	return ip_equal(&answer->destination, &own) &&
	       (answer->protocol == (answer->v4 ? IPPROTO_IPIP : IPPROTO_IPV6) ||
		(answer->protocol == IPPROTO_UDP && answer->source_port == bpf_htons(GENEVE_PORT)));
}

/* Replaces the protocol in the header at an offset, with the checksums of it and over it. Non-zero when it failed. */
static __always_inline long dsr_quote_protocol(struct __sk_buff *skb, bool v4, __u32 ip, __u32 checksum)
{
	__u32 offset = ip + (v4 ? offsetof(struct iphdr, ttl) : offsetof(struct ipv6hdr, nexthdr));
	__u16 from, to;

	if (bpf_skb_load_bytes(skb, offset, &from, sizeof(from)))
		return -1;
	if (!v4) {
		to = (from & bpf_htons(0x00ff)) | bpf_htons(IPPROTO_ICMPV6 << 8);
		return quote_replace(skb, checksum, offset, from, to);
	}
	/* The header's own checksum makes up for it, so that its sum stays. */
	to = (from & bpf_htons(0xff00)) | bpf_htons(IPPROTO_ICMP);
	return bpf_l3_csum_replace(skb, ip + offsetof(struct iphdr, check), from, to, sizeof(to)) ?:
	       bpf_skb_store_bytes(skb, offset, &to, sizeof(to), 0);
}

/*
 * An ICMP error for this node that is about no connection: if it says that an outer header was too big, the stack is let
 * know what fits. answer: as icmp_quoted() left it
 */
static __noinline int dsr_path(struct __sk_buff *skb, const struct packet *packet, const struct packet *answer)
{
	__u32 ip = packet->l4_offset + ICMP_HEADER;
	__u32 checksum = packet->l4_offset + offsetof(struct icmp_unreachable, checksum);
	__u16 from, to = packet->v4 ? bpf_htons(ICMP_ECHO_REPLY << 8) : bpf_htons(ICMPV6_ECHO_ANSWER << 8);

	/* None of our headers has options. */
	if (answer->l4_offset != ip + (packet->v4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr)) ||
	    !dsr_is_outer(answer) || !icmp_is_too_big(skb, packet))
		return PACKET_PASS;
	if (dsr_quote_protocol(skb, packet->v4, ip, checksum) ||
	    bpf_skb_load_bytes(skb, answer->l4_offset, &from, sizeof(from)) ||
	    quote_replace(skb, checksum, answer->l4_offset, from, to))
		return packet_drop(skb, DROP_WRITE_ERROR);
	return PACKET_PASS;
}

#endif
