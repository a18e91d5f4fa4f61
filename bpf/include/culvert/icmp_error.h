/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * ICMP errors about connections that are translated. They quote a packet as it was on one side of the translation, and
 * are for its sender, who knows it as it was on the other. The quoted packet is looked up as the one that would answer it,
 * which goes the way of the error: so the same entries and rules say what becomes of its ends.
 */
#ifndef CULVERT_ICMP_ERROR_H
#define CULVERT_ICMP_ERROR_H

#include <stddef.h>

#include "csum.h"
#include "icmp_quote.h"
#include "reject.h"
#include "translate.h"

/*
 * What has no ports and is no error is refused as another port would be, where it is for a ClusterIP; elsewhere it
 * passes. to: see packet_turn().
 */
static __always_inline int packet_without_ports(struct __sk_buff *skb, const struct packet *packet,
						enum icmp_kind kind, __u64 to)
{
	if (kind == ICMP_NO_ANSWER || packet->l4_length < ICMP_QUOTE_MIN ||
	    skb->len < packet->l4_offset + (__u32)ICMP_QUOTE_MIN)
		return PACKET_PASS;
	return packet_without_frontend(skb, packet, to);
}

/* The entry that the answer to a quoted packet would meet, or null. An error neither refreshes it nor changes its state. */
static __noinline struct flow *icmp_flow(struct __sk_buff *skb, const struct packet *packet, struct packet *answer)
{
	struct flow *flow;

	if (!icmp_quoted(skb, packet, answer))
		return NULL;
	flow = flow_find(answer);
	return flow && !flow_is_expired(flow, flow_clock()) ? flow : NULL;
}

/* Replaces two bytes of what an ICMP checksum covers. */
static __always_inline long quote_replace(struct __sk_buff *skb, __u32 checksum, __u32 offset, __u16 from, __u16 to)
{
	if (from == to)
		return 0;
	if (bpf_l4_csum_replace(skb, checksum, from, to, sizeof(to)))
		return -1;
	return bpf_skb_store_bytes(skb, offset, &to, sizeof(to), 0);
}

/*
 * The checksum of a quoted segment or datagram, if that much is quoted and there is one. change: of what it covers, as a
 * sum.
 */
static __always_inline long quote_checksum(struct __sk_buff *skb, const struct packet *answer, __u32 checksum,
					   __u64 change)
{
	__u32 offset = l4_csum_offset(answer);
	__u16 from, to;

	if (answer->protocol == IPPROTO_SCTP || offset + sizeof(from) > (__u32)answer->l4_offset + answer->l4_length)
		return 0;
	if (bpf_skb_load_bytes(skb, offset, &from, sizeof(from)))
		return -1;
	if (answer->protocol == IPPROTO_UDP && !from)
		return 0;
	to = ~csum_fold((__u16)~from + change);
	return quote_replace(skb, checksum, offset, from, to || answer->protocol != IPPROTO_UDP ? to : 0xffff);
}

/*
 * Replaces one end of the packet that an ICMP error quotes, with the checksums in it and the error's own. Non-zero when
 * it failed, perhaps half-way.
 * end: of the quoted packet
 */
static __noinline long quote_rewrite(struct __sk_buff *skb, const struct packet *packet, const struct packet *answer,
				     enum packet_end end, const struct end *to)
{
	bool source = end == PACKET_SOURCE;
	const struct ip *from = source ? &answer->destination : &answer->source;
	__be16 from_port = source ? answer->destination_port : answer->source_port;
	__u32 ip = packet->l4_offset + ICMP_HEADER;
	__u32 checksum = packet->l4_offset + offsetof(struct icmp_unreachable, checksum);
	__u64 change = bpf_csum_diff((__be32 *)from->word, sizeof(*from), (__be32 *)to->address.word, sizeof(*from), 0);
	__be32 address = to->address.word[3];
	long error;

	if (packet->v4) {
		/* The header's own checksum makes up for the address, so that its sum stays. */
		error = bpf_l3_csum_replace(skb, ip + offsetof(struct iphdr, check), from->word[3], address,
					    sizeof(address));
		ip += source ? offsetof(struct iphdr, saddr) : offsetof(struct iphdr, daddr);
		error = error ? error : bpf_skb_store_bytes(skb, ip, &address, sizeof(address), 0);
	} else {
		error = bpf_l4_csum_replace(skb, checksum, 0, change, 0);
		ip += source ? offsetof(struct ipv6hdr, saddr) : offsetof(struct ipv6hdr, daddr);
		error = error ? error : bpf_skb_store_bytes(skb, ip, &to->address, sizeof(to->address), 0);
	}
	if (error ||
	    quote_replace(skb, checksum, answer->l4_offset + (source ? 0 : sizeof(__be16)), from_port, to->port))
		return -1;
	return quote_checksum(skb, answer, checksum, change + (__u16)~from_port + to->port);
}

/*
 * Applies to an ICMP error what would become of the answer to the packet that it quotes. Its own source changes only if that
 * is the quoted destination: a router's address stays.
 */
__noinline int icmp_translate(struct __sk_buff *skb, const struct packet *packet, const struct packet *answer,
			      const struct flow *flow, int translation)
{
	struct end end;

	if (!packet || !answer || !flow)
		return TC_ACT_SHOT;
	if (translated_source(flow, translation, &end)) {
		if (ip_equal(&packet->source, &answer->source) &&
		    rewrite_end(skb, packet, PACKET_SOURCE, &end.address, packet->source_port))
			return packet_drop(skb, DROP_WRITE_ERROR);
		if (quote_rewrite(skb, packet, answer, PACKET_DESTINATION, &end))
			return packet_drop(skb, DROP_WRITE_ERROR);
	}
	if (translated_destination(flow, translation, &end) &&
	    (rewrite_end(skb, packet, PACKET_DESTINATION, &end.address, packet->destination_port) ||
	     quote_rewrite(skb, packet, answer, PACKET_SOURCE, &end)))
		return packet_drop(skb, DROP_WRITE_ERROR);
	return flow->state & FLOW_HAIRPIN ? packet_turn(skb, 0) : PACKET_PASS;
}

#endif
