/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* A frame that goes on: both ends, hops and hardware addresses at once, with checksums kept right by difference. */
#ifndef CULVERT_XDP_REWRITE_H
#define CULVERT_XDP_REWRITE_H

#include "maps_xdp.h"
#include "xdp_parse.h"

/* What a frame becomes. */
struct xdp_ends {
	const struct ip *source;
	const struct ip *destination;
	__be16 source_port;
	__be16 destination_port;
};

/* What replacing a word adds to a sum that is not complemented (RFC 1624). */
static __always_inline __u64 csum_change(__u32 from, __u32 to)
{
	return (__u64)(__u32)~from + to;
}

static __always_inline __u64 csum_change_ip(const struct ip *from, const struct ip *to, bool v4)
{
	__u64 change = csum_change(from->word[3], to->word[3]);

	if (!v4)
		for (int i = 0; i < 3; i++)
			change += csum_change(from->word[i], to->word[i]);
	return change;
}

/* A checksum after a change of what it covers. */
static __always_inline __sum16 csum_after(__sum16 check, __u64 change)
{
	return ~csum_fold((__u16)~check + change);
}

/* Ports, and the checksum of TCP or UDP. change: of the addresses */
static __always_inline bool xdp_rewrite_l4(const struct xdp_md *ctx, const struct packet *packet,
					   const struct xdp_ends *ends, __u32 offset, __u64 change)
{
	struct udphdr *udp = xdp_data(ctx) + offset;
	struct tcphdr *tcp = xdp_data(ctx) + offset;
	__sum16 check;

	change += csum_change(packet->source_port, ends->source_port) +
		  csum_change(packet->destination_port, ends->destination_port);
	if (packet->protocol == IPPROTO_TCP) {
		if ((void *)(tcp + 1) > xdp_end(ctx))
			return false;
		tcp->check = csum_after(tcp->check, change);
	} else {
		if ((void *)(udp + 1) > xdp_end(ctx))
			return false;
		/* Zero says that there is none, and stays; one that comes out as zero is written as its other form. */
		check = csum_after(udp->check, change);
		if (udp->check)
			udp->check = check ?: 0xffff;
	}
	udp->source = ends->source_port;
	udp->dest = ends->destination_port;
	return true;
}

static __always_inline bool xdp_rewrite_ipv4(const struct xdp_md *ctx, const struct packet *packet,
					     const struct xdp_ends *ends)
{
	__u64 change = csum_change_ip(&packet->source, ends->source, true) +
		       csum_change_ip(&packet->destination, ends->destination, true);
	struct iphdr *ip = xdp_data(ctx) + ETH_HLEN;

	if ((void *)(ip + 1) > xdp_end(ctx) ||
	    !xdp_rewrite_l4(ctx, packet, ends, ETH_HLEN + sizeof(*ip), change))
		return false;
	/* One hop less is a word of 0x0100 less. */
	ip->check = csum_after(ip->check, change + csum_change(bpf_htons(0x0100), 0));
	ip->ttl--;
	ip->saddr = ends->source->word[3];
	ip->daddr = ends->destination->word[3];
	return true;
}

static __always_inline bool xdp_rewrite_ipv6(const struct xdp_md *ctx, const struct packet *packet,
					     const struct xdp_ends *ends)
{
	__u64 change = csum_change_ip(&packet->source, ends->source, false) +
		       csum_change_ip(&packet->destination, ends->destination, false);
	struct ipv6hdr *ip = xdp_data(ctx) + ETH_HLEN;

	if ((void *)(ip + 1) > xdp_end(ctx) ||
	    !xdp_rewrite_l4(ctx, packet, ends, ETH_HLEN + sizeof(*ip), change))
		return false;
	ip->hop_limit--;
	__builtin_memcpy(&ip->saddr, ends->source, sizeof(ip->saddr));
	__builtin_memcpy(&ip->daddr, ends->destination, sizeof(ip->daddr));
	return true;
}

/* False, and nothing changed, if the frame is shorter than it was when it was parsed, which the verifier fears. */
static __always_inline bool xdp_rewrite(const struct xdp_md *ctx, const struct packet *packet,
					const struct xdp_ends *ends, const struct xdp_known *route)
{
	struct ethhdr *ethernet = xdp_data(ctx);

	if ((void *)(ethernet + 1) > xdp_end(ctx) ||
	    !(packet->v4 ? xdp_rewrite_ipv4(ctx, packet, ends) : xdp_rewrite_ipv6(ctx, packet, ends)))
		return false;
	__builtin_memcpy(ethernet->h_dest, route->next, ETH_ALEN);
	__builtin_memcpy(ethernet->h_source, route->own, ETH_ALEN);
	return true;
}

#endif
