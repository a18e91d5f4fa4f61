/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The outer header in which one node hands packets to another: the same behind the stack and before it. */
#ifndef CULVERT_DSR_OUTER_H
#define CULVERT_DSR_OUTER_H

#include "csum.h"
#include "dsr.h"
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

/* The packet as routers see it: from the node's primary address, because others know that one. False if it has none. */
static __always_inline bool dsr_outer_packet(struct packet *outer, bool v4)
{
	outer->v4 = v4;
	outer->protocol = config_dsr_geneve ? IPPROTO_UDP : v4 ? IPPROTO_IPIP : IPPROTO_IPV6;
	node_address(&outer->source, v4);
	return !ip_is_zero(&outer->source);
}

/* A length as a header states it: a packet that its device cuts first (GSO) may have more than fits, and is given it there. */
static __always_inline __be16 dsr_stated(__u32 length)
{
	return bpf_htons(length > DSR_LENGTH_MAX ? 0 : length);
}

/* Flows of a fabric are told apart by the hash. */
static __always_inline struct udphdr dsr_udp(__u32 hash, __u32 length)
{
	return (struct udphdr){
		.source = bpf_htons(0xc000 | (hash & 0x3fff)),
		.dest = bpf_htons(GENEVE_PORT),
		.len = dsr_stated(length),
	};
}

/*
 * The headers of a packet whose own has these first bytes, of which dsr_overhead() count.
 * length: of the packet from its network header on; port: of the backend
 */
static __always_inline void dsr_fill4(struct dsr_outer4 *outer, __u8 tos, __u32 length, __be32 to, __be16 port, __u32 hash)
{
	struct ip source;

	length += dsr_overhead(true);
	node_address(&source, true);
	outer->ip = (struct iphdr){
		.version = 4,
		.ihl = sizeof(outer->ip) / 4,
		.tos = tos & ~3, /* no ECN, because its mark is not carried back (RFC 6040) */
		.tot_len = dsr_stated(length),
		.frag_off = bpf_htons(DSR_IPV4_DF),
		.ttl = DSR_HOP_LIMIT,
		.protocol = config_dsr_geneve ? IPPROTO_UDP : IPPROTO_IPIP,
		.saddr = source.word[3],
		.daddr = to,
	};
	outer->ip.check = ~csum_fold(bpf_csum_diff(NULL, 0, (__be32 *)&outer->ip, sizeof(outer->ip), 0));
	outer->udp = dsr_udp(hash, length - sizeof(outer->ip));
	outer->geneve = dsr_geneve(true, port);
}

/* Version, traffic class and flow label are those of the packet, but for ECN. */
static __always_inline void dsr_fill6(struct dsr_outer6 *outer, __be32 first, __u32 length, const struct ip *to,
				      __be16 port, __u32 hash)
{
	struct ip source;

	length += dsr_overhead(false) - sizeof(struct ipv6hdr);
	node_address(&source, false);
	*(__be32 *)outer = first & bpf_htonl(~0x00300000u);
	outer->ip.payload_len = dsr_stated(length);
	outer->ip.nexthdr = config_dsr_geneve ? IPPROTO_UDP : IPPROTO_IPV6;
	outer->ip.hop_limit = DSR_HOP_LIMIT;
	__builtin_memcpy(&outer->ip.saddr, &source, sizeof(outer->ip.saddr));
	__builtin_memcpy(&outer->ip.daddr, to, sizeof(outer->ip.daddr));
	outer->udp = dsr_udp(hash, length); /* without a checksum: RFC 6935 */
	outer->geneve = dsr_geneve(false, port);
}

#endif
