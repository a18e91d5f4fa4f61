/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * TCP connections in a cache line each. A look at policy_flows fetches three or four lines one after the other, which are
 * cold where a connection begins; here it is one, and those of one client lie beside each other as its ports do. A place is
 * given to a new connection once what is there is over; whoever finds it taken goes to policy_flows.
 */
#ifndef CULVERT_POLICY_TCP_H
#define CULVERT_POLICY_TCP_H

#include "maps_policy.h"
#include "packet.h"
#include "policy_flow_time.h"

/* Both ports while a connection is written: one is 0, which those of connections that are kept here are not. */
#define POLICY_TCP_TAKEN bpf_htonl(1 << 16)

/* Both ports as one number, by which a place is taken and given away at once. */
static __always_inline __u32 *policy_tcp_ports(struct policy_connection *place)
{
	return (__u32 *)&place->low_port;
}

static __always_inline __u32 policy_tcp_ports_of(__be16 low, __be16 high)
{
	union {
		__be16 ports[2];
		__u32 word;
	} both = { .ports = { low, high } };

	return both.word;
}

/* Equal ports would not tell which end is which. */
static __always_inline bool policy_tcp_keeps(__u8 protocol, __be16 a_port, __be16 b_port)
{
	return protocol == IPPROTO_TCP && a_port && b_port && a_port != b_port;
}

static __always_inline __u32 policy_tcp_number(const struct ip *ip)
{
	__u64 folded = (__u64)(ip->word[0] ^ ip->word[2]) << 32 | (ip->word[1] ^ ip->word[3]);

	return folded * 0x9e3779b97f4a7c15ull >> 32;
}

/* Addresses are multiplied and ports are added, so that it makes no difference which end comes first. */
static __always_inline struct policy_connection *policy_tcp_place(const struct ip *a, const struct ip *b, __be16 a_port,
								  __be16 b_port)
{
	__u64 mixed = (__u64)policy_tcp_number(a) * policy_tcp_number(b);
	__u32 index = ((mixed >> 24) + bpf_ntohs(a_port) + bpf_ntohs(b_port)) & (POLICY_CONNECTIONS - 1);

	return bpf_map_lookup_elem(&policy_tcp, &index);
}

/* 0 if they are the same; a branch for each word would lead the verifier many ways wherever a connection is looked for. */
static __always_inline __u32 policy_tcp_difference(const struct ip *a, const struct ip *b)
{
	return (a->word[3] ^ b->word[3]) | (a->word[2] ^ b->word[2]) | (a->word[1] ^ b->word[1]) |
	       (a->word[0] ^ b->word[0]);
}

static __always_inline bool policy_tcp_is_between(const struct policy_connection *place, const struct ip *low,
						  const struct ip *high)
{
	return !(policy_tcp_difference(&place->low, low) | policy_tcp_difference(&place->high, high));
}

/*
 * What is kept of a packet's connection, or null. The ports tell which order its ends have there, so that they need not be
 * sorted.
 * high: is told whether the packet's source is the high end
 */
static __always_inline struct policy_flow *policy_tcp_find(const struct packet *packet, __u32 *high)
{
	const struct ip *source = &packet->source, *destination = &packet->destination;
	__be16 from = packet->source_port, to = packet->destination_port;
	struct policy_connection *place;
	__u32 ports;

	if (!policy_tcp_keeps(packet->protocol, from, to))
		return NULL;
	place = policy_tcp_place(source, destination, from, to);
	if (!place)
		return NULL;
	ports = *(volatile __u32 *)policy_tcp_ports(place);
	*high = ports != policy_tcp_ports_of(from, to);
	if (*high ? ports != policy_tcp_ports_of(to, from) || !policy_tcp_is_between(place, destination, source) :
		    !policy_tcp_is_between(place, source, destination))
		return NULL;
	return &place->flow;
}

/* Whether a connection has its place now. */
static __always_inline bool policy_tcp_write(const struct flow_key *key, const struct policy_flow *flow)
{
	struct policy_connection *place;
	__u32 ports, own = policy_tcp_ports_of(key->low_port, key->high_port);

	if (!policy_tcp_keeps(key->protocol, key->low_port, key->high_port))
		return false;
	place = policy_tcp_place(&key->low, &key->high, key->low_port, key->high_port);
	if (!place)
		return false;
	ports = *(volatile __u32 *)policy_tcp_ports(place);
	if (ports && !(ports == own && policy_tcp_is_between(place, &key->low, &key->high)) &&
	    (ports == POLICY_TCP_TAKEN || !policy_flow_is_over(&place->flow, flow->seen, IPPROTO_TCP)))
		return false;
	if (__sync_val_compare_and_swap(policy_tcp_ports(place), ports, POLICY_TCP_TAKEN) != ports)
		return false;
	place->low = key->low;
	place->high = key->high;
	place->flow = *flow;
	__sync_lock_test_and_set(policy_tcp_ports(place), own);
	return true;
}

#endif
