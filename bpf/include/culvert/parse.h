/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From a packet to its 5-tuple. Reads through direct packet access, and pulls what is not in the linear part.
 * skb->protocol is used instead of the Ethernet header, because the kernel keeps a VLAN tag outside of the packet.
 */
#ifndef CULVERT_PARSE_H
#define CULVERT_PARSE_H

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>

#include "packet.h"

#define IPV4_MORE_FRAGMENTS 0x2000
#define IPV4_FRAGMENT_OFFSET 0x1fff
#define IPV6_FRAGMENT 0xfff9 /* offset and more-fragments flag */
#define IPV6_EXTENSIONS 6
#define IPV6_L4_OFFSET_MAX 1023 /* all ones: also the mask that tells the verifier */

struct sctp_packet {
	__be16 source;
	__be16 dest;
	__be32 tag;
	__le32 checksum;
	__u8 chunk;
	__u8 flags;
	__be16 length;
};

/* Chunk types of RFC 9260, 3.2. */
#define SCTP_INIT 1
#define SCTP_INIT_ACK 2
#define SCTP_ABORT 6
#define SCTP_SHUTDOWN 7
#define SCTP_SHUTDOWN_ACK 8
#define SCTP_SHUTDOWN_COMPLETE 14

/* Null when the packet is shorter or memory is short: parse_failed tells which. */
static __always_inline void *packet_bytes(struct __sk_buff *skb, __u32 offset, __u32 size)
{
	void *data = (void *)(long)skb->data;
	void *end = (void *)(long)skb->data_end;

	if (data + offset + size <= end)
		return data + offset;
	if (skb->len < offset + size || bpf_skb_pull_data(skb, offset + size))
		return NULL;
	data = (void *)(long)skb->data;
	end = (void *)(long)skb->data_end;
	return data + offset + size <= end ? data + offset : NULL;
}

static __always_inline int parse_failed(struct __sk_buff *skb, __u32 offset, __u32 size)
{
	return skb->len < offset + size ? PARSE_FOREIGN : PARSE_UNREADABLE;
}

/*
 * A later fragment of TCP that begins within its header would lie over what is translated in the first (RFC 3128).
 * offset: in units of eight bytes
 */
static __always_inline int parse_fragment(struct packet *packet, __u16 offset)
{
	packet->fragment = offset ? FRAGMENT_LATER : FRAGMENT_FIRST;
	if (!offset)
		return PARSE_OK;
	return packet->protocol == IPPROTO_TCP && offset * 8 < sizeof(struct tcphdr) ? PARSE_FOREIGN : PARSE_FRAGMENT;
}

/* begin: of the network header */
static __always_inline int parse_ipv4(struct __sk_buff *skb, struct packet *packet, __u32 begin)
{
	struct iphdr *ip = packet_bytes(skb, begin, sizeof(*ip));
	__u32 header, total;

	if (!ip)
		return parse_failed(skb, begin, sizeof(*ip));
	header = ip->ihl * 4;
	total = bpf_ntohs(ip->tot_len);
	if (ip->version != 4 || header < sizeof(*ip))
		return PARSE_FOREIGN;
	/* GSO packets above 64 KiB state no length. */
	if (total && total < header)
		return PARSE_FOREIGN;
	packet->source = ip_from_v4(ip->saddr);
	packet->destination = ip_from_v4(ip->daddr);
	packet->protocol = ip->protocol;
	packet->v4 = 1;
	packet->l4_offset = begin + header;
	packet->l4_length = total ? total - header : 0;
	if (total == header)
		return PARSE_FOREIGN;
	if (ip->frag_off & bpf_htons(IPV4_MORE_FRAGMENTS | IPV4_FRAGMENT_OFFSET)) {
		packet->fragment_id = bpf_ntohs(ip->id);
		return parse_fragment(packet, bpf_ntohs(ip->frag_off) & IPV4_FRAGMENT_OFFSET);
	}
	return PARSE_OK;
}

/* The first bytes of an extension header. Those of one that tells of a fragment are all there is of it. */
struct ipv6_extension {
	__u8 next;
	__u8 length;
	union {
		__be16 offset;
		__u8 segments[2];
	};
	__be32 id;
};

/*
 * Walks to the upper-layer header: returns its offset, and its number above that; negative: enum parse_result.
 * offset: of the header that next names
 */
static __noinline long parse_ipv6_extensions(struct __sk_buff *skb, struct packet *packet, __u8 next, __u32 offset)
{
	struct ipv6_extension header;
	int result;

	for (int i = 0; i < IPV6_EXTENSIONS; i++) {
		if (offset > IPV6_L4_OFFSET_MAX)
			return -PARSE_FOREIGN;
		/* AH is no extension here: authenticated addresses cannot be translated. */
		if (next != IPPROTO_FRAGMENT && next != IPPROTO_ROUTING && next != IPPROTO_HOPOPTS &&
		    next != IPPROTO_DSTOPTS)
			return offset | (__u32)next << 16;
		if (bpf_skb_load_bytes(skb, offset, &header, sizeof(header)))
			return -PARSE_FOREIGN;
		switch (next) {
		case IPPROTO_FRAGMENT:
			offset += 8;
			if (!(header.offset & bpf_htons(IPV6_FRAGMENT)))
				break;
			if (packet->fragment)
				return -PARSE_FOREIGN;
			packet->fragment_id = bpf_ntohl(header.id);
			packet->protocol = header.next;
			result = parse_fragment(packet, bpf_ntohs(header.offset) >> 3);
			if (result != PARSE_OK)
				return -result;
			break;
		case IPPROTO_ROUTING:
			/* With segments left the checksum covers another destination than the header's. */
			if (header.segments[1])
				return -PARSE_FOREIGN;
			offset += 8 + header.length * 8;
			break;
		default:
			offset += 8 + header.length * 8;
		}
		next = header.next;
	}
	return -PARSE_FOREIGN;
}

static __always_inline int parse_ipv6(struct __sk_buff *skb, struct packet *packet, __u32 begin)
{
	struct ipv6hdr *ip = packet_bytes(skb, begin, sizeof(*ip));
	__u32 payload, extensions;
	__u8 next;

	if (!ip)
		return parse_failed(skb, begin, sizeof(*ip));
	if (ip->version != 6)
		return PARSE_FOREIGN;
	__builtin_memcpy(&packet->source, &ip->saddr, sizeof(packet->source));
	__builtin_memcpy(&packet->destination, &ip->daddr, sizeof(packet->destination));
	/* No key says the family: a mapped address on the wire would be taken for IPv4, and Linux drops it anyway. */
	if (ip_is_v4(&packet->source) || ip_is_v4(&packet->destination))
		return PARSE_FOREIGN;
	payload = bpf_ntohs(ip->payload_len);
	next = ip->nexthdr;
	packet->v4 = 0;
	packet->l4_offset = begin + sizeof(*ip);
	packet->protocol = next;
	if (next != IPPROTO_TCP && next != IPPROTO_UDP && next != IPPROTO_SCTP) {
		long walked = parse_ipv6_extensions(skb, packet, next, packet->l4_offset);

		if (walked < 0)
			return -walked;
		packet->l4_offset = walked & IPV6_L4_OFFSET_MAX;
		packet->protocol = walked >> 16;
	}
	extensions = packet->l4_offset - begin - sizeof(*ip);
	if (payload && payload <= extensions)
		return PARSE_FOREIGN;
	packet->l4_length = payload ? payload - extensions : 0;
	return PARSE_OK;
}

/* The verifier forgets the bounds of a number of 16 bits that is kept on the stack. */
static __always_inline __u32 l4_offset(const struct packet *packet)
{
	return packet->l4_offset & IPV6_L4_OFFSET_MAX;
}

/* What the flags of TCP show of its connection: PACKET_*. */
static __always_inline __u8 tcp_signals(const struct tcphdr *tcp)
{
	if (tcp->syn && !tcp->ack && !tcp->fin && !tcp->rst)
		return PACKET_OPEN;
	if (tcp->syn && !tcp->fin && !tcp->rst)
		return PACKET_ACCEPT;
	return (tcp->ack ? PACKET_PROCEED : 0) | (tcp->fin ? PACKET_CLOSE : 0) | (tcp->rst ? PACKET_RESET : 0);
}

static __always_inline void parse_tcp_header(struct packet *packet, const struct tcphdr *tcp)
{
	packet->source_port = tcp->source;
	packet->destination_port = tcp->dest;
	packet->signals = tcp_signals(tcp);
	if (!packet->fragment)
		packet->number = bpf_ntohl(tcp->ack ? tcp->ack_seq : tcp->seq);
}

static __always_inline int parse_tcp(struct __sk_buff *skb, struct packet *packet)
{
	struct tcphdr *tcp = packet_bytes(skb, l4_offset(packet), sizeof(*tcp));

	if (!tcp)
		return parse_failed(skb, l4_offset(packet), sizeof(*tcp));
	if (packet->l4_length && packet->l4_length < sizeof(*tcp))
		return PARSE_FOREIGN;
	parse_tcp_header(packet, tcp);
	return PARSE_OK;
}

static __always_inline int parse_udp(struct __sk_buff *skb, struct packet *packet)
{
	struct udphdr *udp = packet_bytes(skb, l4_offset(packet), sizeof(*udp));

	if (!udp)
		return parse_failed(skb, l4_offset(packet), sizeof(*udp));
	if (packet->l4_length && packet->l4_length < sizeof(*udp))
		return PARSE_FOREIGN;
	packet->source_port = udp->source;
	packet->destination_port = udp->dest;
	packet->signals = 0;
	return PARSE_OK;
}

static __always_inline int parse_sctp(struct __sk_buff *skb, struct packet *packet)
{
	struct sctp_packet *sctp = packet_bytes(skb, l4_offset(packet), sizeof(*sctp));

	/* A change of its checksum depends on the length of the whole packet, which no fragment states. */
	if (packet->fragment)
		return PARSE_FOREIGN;
	if (!sctp)
		return parse_failed(skb, l4_offset(packet), sizeof(*sctp));
	if (packet->l4_length && packet->l4_length < sizeof(*sctp))
		return PARSE_FOREIGN;
	packet->source_port = sctp->source;
	packet->destination_port = sctp->dest;
	switch (sctp->chunk) {
	case SCTP_INIT:
		packet->signals = PACKET_OPEN;
		break;
	case SCTP_INIT_ACK:
		packet->signals = PACKET_ACCEPT;
		break;
	case SCTP_ABORT:
		packet->signals = PACKET_PROCEED | PACKET_RESET;
		break;
	case SCTP_SHUTDOWN:
	case SCTP_SHUTDOWN_ACK:
	case SCTP_SHUTDOWN_COMPLETE:
		packet->signals = PACKET_PROCEED | PACKET_CLOSE;
		break;
	default:
		packet->signals = PACKET_PROCEED;
	}
	return PARSE_OK;
}

/* The packet whose network header begins there, which is of the frame's family. */
static __always_inline int packet_parse_at(struct __sk_buff *skb, struct packet *packet, __u32 begin)
{
	int result = PARSE_FOREIGN;

	if (skb->protocol == bpf_htons(ETH_P_IP))
		result = parse_ipv4(skb, packet, begin);
	else if (skb->protocol == bpf_htons(ETH_P_IPV6))
		result = parse_ipv6(skb, packet, begin);
	if (result != PARSE_OK)
		return result;
	switch (packet->protocol) {
	case IPPROTO_TCP:
		return parse_tcp(skb, packet);
	case IPPROTO_UDP:
		return parse_udp(skb, packet);
	case IPPROTO_SCTP:
		return parse_sctp(skb, packet);
	}
	return PARSE_OTHER;
}

static __always_inline int packet_parse(struct __sk_buff *skb, struct packet *packet)
{
	return packet_parse_at(skb, packet, ETH_HLEN);
}

/* What is counted: the whole packet from its network header. A GSO packet counts once. */
static __always_inline __u64 packet_length(const struct __sk_buff *skb)
{
	return skb->len - ETH_HLEN;
}

#endif
