/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Replaces one end of a packet, with checksums kept right by difference, whoever is to finish them: the helpers know
 * whether the checksum field of this packet is complete or only the sum of the pseudo header (CHECKSUM_PARTIAL).
 */
#ifndef CULVERT_REWRITE_H
#define CULVERT_REWRITE_H

#include <stddef.h>

#include <asm/byteorder.h>

#include "crc32c.h"
#include "parse.h"

/*
 * BPF_F_IPV6 of Linux 6.16: the address of an IPv6 packet is covered by no other checksum, so that skb->csum
 * (CHECKSUM_COMPLETE) does not change with it. Older kernels refuse the flag, and then it is left out.
 */
#define L4_CSUM_IPV6 (1ull << 7)

#define ICMP_CHECKSUM 2 /* its offset in ICMP and ICMPv6 */

enum packet_end {
	PACKET_SOURCE,
	PACKET_DESTINATION,
};

static __always_inline __u32 l4_csum_offset(const struct packet *packet)
{
	return packet->l4_offset + (packet->protocol == IPPROTO_TCP ? offsetof(struct tcphdr, check) :
				    packet->protocol == IPPROTO_UDP ? offsetof(struct udphdr, check) :
								      ICMP_CHECKSUM);
}

/* A UDP checksum of zero says that there is none, and stays; one that comes out as zero is written as 0xffff. */
static __always_inline __u64 l4_csum_flags(const struct packet *packet)
{
	return packet->protocol == IPPROTO_UDP ? BPF_F_MARK_MANGLED_0 : 0;
}

/* SCTP's and ICMP's cover no addresses (ICMPv6's does), and a later fragment has no checksum of its own. */
static __always_inline bool l4_csum_covers_addresses(const struct packet *packet)
{
	return packet->protocol != IPPROTO_SCTP && packet->protocol != IPPROTO_ICMP &&
	       packet->fragment != FRAGMENT_LATER;
}

static __always_inline long rewrite_address4(struct __sk_buff *skb, const struct packet *packet, __be32 from, __be32 to,
					     __u32 offset)
{
	if (l4_csum_covers_addresses(packet) &&
	    bpf_l4_csum_replace(skb, l4_csum_offset(packet), from, to,
				l4_csum_flags(packet) | BPF_F_PSEUDO_HDR | sizeof(to)))
		return -1;
	if (bpf_l3_csum_replace(skb, ETH_HLEN + offsetof(struct iphdr, check), from, to, sizeof(to)))
		return -1;
	return bpf_skb_store_bytes(skb, ETH_HLEN + offset, &to, sizeof(to), 0);
}

static __always_inline long rewrite_address6(struct __sk_buff *skb, const struct packet *packet, const struct ip *from,
					     const struct ip *to, __u32 offset)
{
	if (l4_csum_covers_addresses(packet)) {
		__s64 change = bpf_csum_diff((__be32 *)from->word, sizeof(*from), (__be32 *)to->word, sizeof(*to), 0);
		__u64 flags = l4_csum_flags(packet) | BPF_F_PSEUDO_HDR;

		if (bpf_l4_csum_replace(skb, l4_csum_offset(packet), 0, change, flags | L4_CSUM_IPV6) &&
		    bpf_l4_csum_replace(skb, l4_csum_offset(packet), 0, change, flags))
			return -1;
	}
	/* skb->csum: two changes that make up for each other, where there is a checksum. */
	return bpf_skb_store_bytes(skb, ETH_HLEN + offset, to, sizeof(*to),
				   packet->fragment == FRAGMENT_LATER ? BPF_F_RECOMPUTE_CSUM : 0);
}

/* Ports are the first four bytes of the packet that the CRC covers. A field of zero is yet to be filled in. */
static __noinline long rewrite_sctp_checksum(struct __sk_buff *skb, __u32 l4_offset, __u32 l4_length, __u32 change)
{
	__u32 offset = l4_offset + offsetof(struct sctp_packet, checksum);
	__le32 checksum;

	/* A GSO packet that states no length is checksummed when it is cut. */
	if (!l4_length)
		return 0;
	if (bpf_skb_load_bytes(skb, offset, &checksum, sizeof(checksum)))
		return -1;
	if (!checksum)
		return 0;
	checksum ^= __cpu_to_le32(crc32c_advance(__le32_to_cpu(change), l4_length));
	return bpf_skb_store_bytes(skb, offset, &checksum, sizeof(checksum), 0);
}

static __always_inline long rewrite_port(struct __sk_buff *skb, const struct packet *packet, enum packet_end end,
					 __be16 from, __be16 to)
{
	__u32 offset = end == PACKET_SOURCE ? 0 : sizeof(__be16);

	if (packet->protocol == IPPROTO_SCTP) {
		__be16 change[2] = {};
		__u32 word;

		change[end == PACKET_SOURCE ? 0 : 1] = from ^ to;
		__builtin_memcpy(&word, change, sizeof(word));
		if (rewrite_sctp_checksum(skb, packet->l4_offset, packet->l4_length, word))
			return -1;
	} else if (bpf_l4_csum_replace(skb, l4_csum_offset(packet), from, to, l4_csum_flags(packet) | sizeof(to))) {
		return -1;
	}
	return bpf_skb_store_bytes(skb, packet->l4_offset + offset, &to, sizeof(to), 0);
}

/* Non-zero when it failed, perhaps half-way: the packet must be dropped then. */
static __always_inline long rewrite_end(struct __sk_buff *skb, const struct packet *packet, enum packet_end end,
					const struct ip *address, __be16 port)
{
	bool source = end == PACKET_SOURCE;
	const struct ip *from = source ? &packet->source : &packet->destination;
	__be16 from_port = source ? packet->source_port : packet->destination_port;
	long error = 0;

	if (packet->v4 && from->word[3] != address->word[3])
		error = rewrite_address4(skb, packet, from->word[3], address->word[3],
					 source ? offsetof(struct iphdr, saddr) : offsetof(struct iphdr, daddr));
	else if (!packet->v4)
		error = rewrite_address6(skb, packet, from, address,
					 source ? offsetof(struct ipv6hdr, saddr) : offsetof(struct ipv6hdr, daddr));
	if (!error && from_port != port && packet->fragment != FRAGMENT_LATER)
		error = rewrite_port(skb, packet, end, from_port, port);
	return error;
}

#endif
