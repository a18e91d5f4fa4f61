/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Addresses of both families as 16 bytes, IPv4 as ::ffff:a.b.c.d. */
#ifndef CULVERT_ADDR_H
#define CULVERT_ADDR_H

#include <stdbool.h>

#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "layout.h"

static __always_inline struct ip ip_from_v4(__be32 address)
{
	return (struct ip){ .word = { 0, 0, bpf_htonl(0xffff), address } };
}

static __always_inline bool ip_is_v4(const struct ip *ip)
{
	return !(ip->word[0] | ip->word[1] | (ip->word[2] ^ bpf_htonl(0xffff)));
}

static __always_inline bool ip_is_zero(const struct ip *ip)
{
	return !(ip->word[0] | ip->word[1] | ip->word[2] | ip->word[3]);
}

/* 0.0.0.0 or ::, as bind(2) and connect(2) take them. */
static __always_inline bool ip_is_unspecified(const struct ip *ip)
{
	return ip_is_zero(ip) || (ip_is_v4(ip) && !ip->word[3]);
}

static __always_inline bool ip_is_loopback(const struct ip *ip)
{
	if (ip_is_v4(ip))
		return (ip->word[3] & bpf_htonl(0xff000000)) == bpf_htonl(0x7f000000);
	return !(ip->word[0] | ip->word[1] | ip->word[2] | (ip->word[3] ^ bpf_htonl(1)));
}

/* The last word first: that is where addresses of one cluster differ. */
static __always_inline bool ip_equal(const struct ip *a, const struct ip *b)
{
	return a->word[3] == b->word[3] && a->word[2] == b->word[2] && a->word[1] == b->word[1] &&
	       a->word[0] == b->word[0];
}

static __always_inline void ip_mask(struct ip *to, const struct ip *from, const struct ip *mask)
{
	to->word[0] = from->word[0] & mask->word[0];
	to->word[1] = from->word[1] & mask->word[1];
	to->word[2] = from->word[2] & mask->word[2];
	to->word[3] = from->word[3] & mask->word[3];
}

/* Halves as numbers, for comparison in the order of the bytes. */
static __always_inline __u64 ip_high(const struct ip *ip)
{
	return (__u64)bpf_ntohl(ip->word[0]) << 32 | bpf_ntohl(ip->word[1]);
}

static __always_inline __u64 ip_low(const struct ip *ip)
{
	return (__u64)bpf_ntohl(ip->word[2]) << 32 | bpf_ntohl(ip->word[3]);
}

#endif
