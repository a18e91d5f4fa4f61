/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One's complement sums (RFC 1071) for packets that are made here. Translated ones are changed by difference instead. */
#ifndef CULVERT_CSUM_H
#define CULVERT_CSUM_H

#include "parse.h"

/* To 16 bits, not complemented. */
static __always_inline __u16 csum_fold(__u64 sum)
{
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* Of addresses, protocol and length, as RFC 9293 and RFC 8200 state it. Both orders of the addresses add up the same. */
static __always_inline __u64 csum_pseudo_header(const struct packet *packet, __u8 protocol, __u32 length)
{
	__u64 sum = (__u64)bpf_htonl(protocol) + bpf_htonl(length);

	if (packet->v4)
		return sum + packet->source.word[3] + packet->destination.word[3];
	for (int i = 0; i < 4; i++)
		sum += (__u64)packet->source.word[i] + packet->destination.word[i];
	return sum;
}

/* The checksum of an IPv4 header whose TTL becomes less by one (RFC 1624, for a difference of one in the high byte). */
static __always_inline __be16 csum_of_lowered_ttl(__be16 check)
{
	__u32 sum = check + bpf_htons(0x0100);

	return sum + (sum >= 0xffff);
}

#endif
