/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * From a frame to its 5-tuple, for what is handled before the stack: whole TCP and UDP without options or extensions. What
 * is anything else is left to the programs behind the stack, which know it all.
 */
#ifndef CULVERT_XDP_PARSE_H
#define CULVERT_XDP_PARSE_H

#include "csum.h"
#include "parse.h"

#define IPV4_PLAIN 0x45 /* version 4, a header without options */

/* A pointer that is read as a number of 32 bits must not be kept on the stack as one: the verifier refuses that. */
static __always_inline void *xdp_pointer(__u32 member)
{
	void *pointer = (void *)(long)member;

	asm volatile("" : "+r"(pointer));
	return pointer;
}

static __always_inline void *xdp_data(const struct xdp_md *ctx)
{
	return xdp_pointer(ctx->data);
}

static __always_inline void *xdp_end(const struct xdp_md *ctx)
{
	return xdp_pointer(ctx->data_end);
}

/*
 * Whether a checksum is only the sum of the pseudo header, for somebody else to finish (CHECKSUM_PARTIAL): a packet of this
 * machine that no wire has carried, and which XDP is not told of. By chance one of 65,535 others has it, too.
 */
static __always_inline bool xdp_is_unfinished(const struct packet *packet, __sum16 check)
{
	return csum_fold(csum_pseudo_header(packet, packet->protocol, packet->l4_length)) == check;
}

static __always_inline bool xdp_parse_tcp(const struct xdp_md *ctx, struct packet *packet, __u32 offset)
{
	struct tcphdr *tcp = xdp_data(ctx) + offset;

	if ((void *)(tcp + 1) > xdp_end(ctx) || packet->l4_length < sizeof(*tcp))
		return false;
	parse_tcp_header(packet, tcp);
	return !xdp_is_unfinished(packet, tcp->check);
}

static __always_inline bool xdp_parse_udp(const struct xdp_md *ctx, struct packet *packet, __u32 offset)
{
	struct udphdr *udp = xdp_data(ctx) + offset;

	if ((void *)(udp + 1) > xdp_end(ctx) || packet->l4_length < sizeof(*udp))
		return false;
	packet->source_port = udp->source;
	packet->destination_port = udp->dest;
	return !udp->check || !xdp_is_unfinished(packet, udp->check);
}

static __always_inline bool xdp_parse_l4(const struct xdp_md *ctx, struct packet *packet, __u32 offset)
{
	packet->l4_offset = offset;
	if (packet->protocol == IPPROTO_TCP)
		return xdp_parse_tcp(ctx, packet, offset);
	return packet->protocol == IPPROTO_UDP && xdp_parse_udp(ctx, packet, offset);
}

/* Bytes that the first buffer of a packet has from the network header on; a packet in several buffers states more. */
static __always_inline __u32 xdp_length(const struct xdp_md *ctx)
{
	return xdp_end(ctx) - xdp_data(ctx) - ETH_HLEN;
}

static __always_inline bool xdp_parse_ipv4(const struct xdp_md *ctx, struct packet *packet)
{
	struct iphdr *ip = xdp_data(ctx) + ETH_HLEN;
	__u32 total;

	if ((void *)(ip + 1) > xdp_end(ctx) || *(__u8 *)ip != IPV4_PLAIN || ip->ttl <= 1 ||
	    ip->frag_off & bpf_htons(IPV4_MORE_FRAGMENTS | IPV4_FRAGMENT_OFFSET))
		return false;
	total = bpf_ntohs(ip->tot_len);
	if (total <= sizeof(*ip) || total > xdp_length(ctx))
		return false;
	packet->source = ip_from_v4(ip->saddr);
	packet->destination = ip_from_v4(ip->daddr);
	packet->protocol = ip->protocol;
	packet->v4 = 1;
	packet->l4_length = total - sizeof(*ip);
	return xdp_parse_l4(ctx, packet, ETH_HLEN + sizeof(*ip));
}

static __always_inline bool xdp_parse_ipv6(const struct xdp_md *ctx, struct packet *packet)
{
	struct ipv6hdr *ip = xdp_data(ctx) + ETH_HLEN;
	__u32 payload;

	if ((void *)(ip + 1) > xdp_end(ctx) || ip->version != 6 || ip->hop_limit <= 1)
		return false;
	payload = bpf_ntohs(ip->payload_len);
	if (payload + sizeof(*ip) > xdp_length(ctx))
		return false;
	__builtin_memcpy(&packet->source, &ip->saddr, sizeof(packet->source));
	__builtin_memcpy(&packet->destination, &ip->daddr, sizeof(packet->destination));
	if (ip_is_v4(&packet->source) || ip_is_v4(&packet->destination))
		return false;
	packet->protocol = ip->nexthdr;
	packet->v4 = 0;
	packet->l4_length = payload;
	return xdp_parse_l4(ctx, packet, ETH_HLEN + sizeof(*ip));
}

static __always_inline bool xdp_parse(const struct xdp_md *ctx, struct packet *packet)
{
	struct ethhdr *ethernet = xdp_data(ctx);

	if ((void *)(ethernet + 1) > xdp_end(ctx))
		return false;
	if (ethernet->h_proto == bpf_htons(ETH_P_IP))
		return xdp_parse_ipv4(ctx, packet);
	return ethernet->h_proto == bpf_htons(ETH_P_IPV6) && xdp_parse_ipv6(ctx, packet);
}

/* A number made of the ends of a packet. */
static __always_inline __u32 xdp_number(const struct packet *packet)
{
	__u32 number = packet->source.word[3] * 0x9e3779b1u ^ packet->destination.word[3];

	number = (number ^ packet->source.word[2] ^ packet->destination.word[1]) * 0x85ebca6bu;
	number = (number ^ ((__u32)packet->source_port << 16 | packet->destination_port)) * 0xc2b2ae35u;
	return number ^ number >> 15;
}

#endif
