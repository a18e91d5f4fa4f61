/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Hashes that choose backends. Every node has the same, so that a connection that moves to another node keeps its backend:
 * what goes into them is never a number that only one node knows. io.culvert.maps.ConnectionHash states them in Java.
 */
#ifndef CULVERT_SELECT_HASH_H
#define CULVERT_SELECT_HASH_H

#include "addr.h"

#define SELECT_SEED 0x43756c7665727431ull /* "Culvert1" */

/* Ports of a connection and its protocol, as one argument. */
static __always_inline __u64 connection_ports(__be16 client_port, __be16 destination_port, __u8 protocol)
{
	return (__u64)protocol << 32 | (__u32)bpf_ntohs(client_port) << 16 | bpf_ntohs(destination_port);
}

static __always_inline __u64 hash_add(__u64 hash, __u64 value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15ull;
	return hash ^ hash >> 32;
}

static __always_inline __u64 hash_add_ip(__u64 hash, const struct ip *ip)
{
	return hash_add(hash_add(hash, ip_high(ip)), ip_low(ip));
}

static __always_inline __u32 hash_finish(__u64 hash)
{
	hash = (hash ^ hash >> 29) * 0xbf58476d1ce4e5b9ull;
	return hash >> 32;
}

/*
 * By what an algorithm tells connections apart; a random number where it does not. A socket that has no port yet is told
 * apart from none, so that Maglev takes any backend, each as often as the table says.
 */
__noinline int select_hash(const struct ip *client, const struct ip *destination, __u64 ports, __u32 algorithm)
{
	if (!client || !destination)
		return 0;
	switch (algorithm) {
	case ALGORITHM_SOURCE_HASH:
		return hash_finish(hash_add_ip(SELECT_SEED, client));
	case ALGORITHM_DESTINATION_HASH:
		return hash_finish(hash_add_ip(SELECT_SEED, destination));
	case ALGORITHM_MAGLEV:
		if ((__u32)ports >> 16)
			return hash_finish(hash_add(hash_add_ip(hash_add_ip(SELECT_SEED, client), destination), ports));
	}
	return bpf_get_prandom_u32();
}

#endif
