/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Turns a packet into an ICMP error about it: port unreachable or too big (RFC 792, RFC 1191, RFC 4443). The datagram is cut
 * to what a receiver needs to find its socket, and the new headers are put before it: the last bytes of them take the
 * place of the old Ethernet header.
 */
#ifndef CULVERT_REJECT_ICMP_H
#define CULVERT_REJECT_ICMP_H

#include <stddef.h>

#include "csum.h"
#include "icmp_quote.h"

#define REJECT_HOP_LIMIT 64
#define REJECT_QUOTE_MAX 128 /* headers up to and with the first bytes of the transport's */

/* How much of the transport header is quoted: of TCP and SCTP enough for the checksum field. */
static __always_inline __u32 icmp_quote_l4(const struct packet *packet)
{
	if (packet->protocol == IPPROTO_TCP && !packet->fragment)
		return sizeof(struct tcphdr);
	return packet->protocol == IPPROTO_SCTP ? 12 : 8;
}

/*
 * A packet of a local socket has a checksum that is yet to be finished, and a device without offload will do so inside
 * of the quotation, when our own checksum is already there. It would write v = ~(s + v), v being what it finds and s the
 * sum of what else is left of the transport. So v is put there for which nothing changes: 2v = -s, modulo 0xffff. A receiver
 * finds the socket by the ports and does not look at v. left: that much of the transport, 8 or 20 bytes
 */
static __always_inline long icmp_settle(struct __sk_buff *skb, __u32 l4_offset, __u32 left, __u32 checksum)
{
	__be16 words[sizeof(struct tcphdr) / 2] = {};
	__u32 negative;
	__u16 settled;

	if (bpf_skb_load_bytes(skb, l4_offset, words, left))
		return -1;
	words[checksum / 2] = 0;
	negative = 0xffff - csum_fold(bpf_csum_diff(NULL, 0, (__be32 *)words, left, 0));
	settled = (negative & 1 ? negative + 0xffff : negative) >> 1;
	return bpf_skb_store_bytes(skb, l4_offset + checksum, &settled, sizeof(settled), 0);
}

static __always_inline long icmp_settle_packet(struct __sk_buff *skb, const struct packet *packet)
{
	if (packet->protocol == IPPROTO_UDP)
		return icmp_settle(skb, packet->l4_offset, 8, offsetof(struct udphdr, check));
	if (packet->protocol == IPPROTO_TCP && !packet->fragment)
		return icmp_settle(skb, packet->l4_offset, sizeof(struct tcphdr), offsetof(struct tcphdr, check));
	return 0;
}

/* Cuts the packet to its quotation, which it returns as sum and length. */
static __always_inline long icmp_quote(struct __sk_buff *skb, const struct packet *packet, __u32 *length, __u64 *sum)
{
	__u8 quote[REJECT_QUOTE_MAX] = {};
	__u32 bytes = packet->l4_offset - ETH_HLEN + icmp_quote_l4(packet);

	if (bytes < 8 || icmp_settle_packet(skb, packet))
		return -1;
	/* Keeps clang from merging the bounds into a comparison that the verifier of Linux 6.1 does not follow. */
	asm volatile("" : "+r"(bytes));
	if (bytes > sizeof(quote) || bpf_skb_change_tail(skb, ETH_HLEN + bytes, 0))
		return -1;
	if (bpf_skb_load_bytes(skb, ETH_HLEN, quote, bytes))
		return -1;
	*length = bytes;
	*sum = bpf_csum_diff(NULL, 0, (__be32 *)quote, sizeof(quote), 0);
	return 0;
}

static __always_inline long icmp_push(struct __sk_buff *skb, void *headers, __u32 size)
{
	struct ethhdr ethernet;

	if (bpf_skb_load_bytes(skb, 0, &ethernet, sizeof(ethernet)) || bpf_skb_change_head(skb, size, 0) ||
	    bpf_skb_store_bytes(skb, 0, &ethernet, sizeof(ethernet), 0))
		return -1;
	return bpf_skb_store_bytes(skb, ETH_HLEN, headers, size, 0);
}

/* mtu: of the route that a packet is too big for; 0: nobody listens at its port */
static __always_inline long reject_with_icmp4(struct __sk_buff *skb, const struct packet *packet, __u32 mtu)
{
	struct {
		struct iphdr ip;
		struct icmp_unreachable icmp;
	} headers = {};
	__u32 length;
	__u64 sum;

	if (icmp_quote(skb, packet, &length, &sum))
		return -1;
	headers.icmp.type = ICMP_DEST_UNREACH;
	headers.icmp.code = mtu ? ICMP_FRAG_NEEDED : ICMP_PORT_UNREACH;
	headers.icmp.mtu = bpf_htonl(mtu);
	headers.icmp.checksum = ~csum_fold(
		sum + bpf_csum_diff(NULL, 0, (__be32 *)&headers.icmp, sizeof(headers.icmp), 0));
	headers.ip.version = 4;
	headers.ip.ihl = sizeof(headers.ip) / 4;
	headers.ip.tot_len = bpf_htons(sizeof(headers) + length);
	headers.ip.frag_off = bpf_htons(0x4000); /* don't fragment: no identification is needed then (RFC 6864) */
	headers.ip.ttl = REJECT_HOP_LIMIT;
	headers.ip.protocol = IPPROTO_ICMP;
	headers.ip.saddr = packet->destination.word[3];
	headers.ip.daddr = packet->source.word[3];
	headers.ip.check = ~csum_fold(bpf_csum_diff(NULL, 0, (__be32 *)&headers.ip, sizeof(headers.ip), 0));
	return icmp_push(skb, &headers, sizeof(headers));
}

static __always_inline long reject_with_icmp6(struct __sk_buff *skb, const struct packet *packet, __u32 mtu)
{
	struct {
		struct ipv6hdr ip;
		struct icmp_unreachable icmp;
	} headers = {};
	__u32 length;
	__u64 sum;

	if (icmp_quote(skb, packet, &length, &sum))
		return -1;
	headers.icmp.type = mtu ? ICMPV6_PKT_TOOBIG : ICMPV6_DEST_UNREACH;
	headers.icmp.code = mtu ? 0 : ICMPV6_PORT_UNREACH;
	headers.icmp.mtu = bpf_htonl(mtu);
	sum += csum_pseudo_header(packet, IPPROTO_ICMPV6, sizeof(headers.icmp) + length);
	headers.icmp.checksum = ~csum_fold(
		sum + bpf_csum_diff(NULL, 0, (__be32 *)&headers.icmp, sizeof(headers.icmp), 0));
	headers.ip.version = 6;
	headers.ip.payload_len = bpf_htons(sizeof(headers.icmp) + length);
	headers.ip.nexthdr = IPPROTO_ICMPV6;
	headers.ip.hop_limit = REJECT_HOP_LIMIT;
	__builtin_memcpy(&headers.ip.saddr, &packet->destination, sizeof(headers.ip.saddr));
	__builtin_memcpy(&headers.ip.daddr, &packet->source, sizeof(headers.ip.daddr));
	return icmp_push(skb, &headers, sizeof(headers));
}

#endif
