/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Keys of connections, which both directions meet, and the clock of their age. */
#ifndef CULVERT_FLOW_KEY_H
#define CULVERT_FLOW_KEY_H

#include "addr.h"

#define NANOSECONDS 1000000000ull

/* Ticks of a few milliseconds are enough for timeouts of seconds, and this clock is much cheaper to read. */
static __always_inline __u64 flow_clock(void)
{
	return bpf_ktime_get_coarse_ns();
}

/* What is not an address in a key, as one argument. */
static __always_inline __u64 flow_key_rest(__be16 a_port, __be16 b_port, __u8 protocol)
{
	return (__u64)protocol << 32 | (__u32)a_port << 16 | b_port;
}

/*
 * Puts two ends in order. rest: flow_key_rest(). Functions that are not static are verified once by themselves, for any
 * argument, and not again at every call.
 */
__noinline int flow_key_order(struct flow_key *key, const struct ip *a, const struct ip *b, __u64 rest)
{
	__be16 a_port = rest >> 16, b_port = rest;
	__u64 a_high, b_high, a_low, b_low;
	__u32 mask;
	bool swap;

	if (!key || !a || !b)
		return 0;
	a_high = ip_high(a);
	b_high = ip_high(b);
	a_low = ip_low(a);
	b_low = ip_low(b);
	swap = a_high != b_high ? b_high < a_high :
	       a_low != b_low   ? b_low < a_low :
				  bpf_ntohs(b_port) < bpf_ntohs(a_port);
	/* Exchanged by a mask: a branch would make the verifier walk everything after it twice. */
	mask = -(__u32)swap;
	for (int i = 0; i < 4; i++) {
		__u32 change = (a->word[i] ^ b->word[i]) & mask;

		key->low.word[i] = a->word[i] ^ change;
		key->high.word[i] = b->word[i] ^ change;
	}
	key->low_port = a_port ^ ((a_port ^ b_port) & mask);
	key->high_port = b_port ^ ((a_port ^ b_port) & mask);
	key->protocol = rest >> 32;
	return 0;
}

#endif
