/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * TCP connections in a cache line each. A look at policy_flows fetches three or four lines one after the other, which are
 * cold where a connection begins; here it is one, and those of one client lie beside each other as its ports do. A place is
 * given to a new connection once what is there is over; whoever finds it taken goes to policy_flows.
 */
#ifndef CULVERT_POLICY_TCP_H
#define CULVERT_POLICY_TCP_H

#include "maps_policy.h"
#include "policy_flow_time.h"

/* Both ports while a connection is written: one is 0, which those of connections that are kept here are not. */
#define POLICY_TCP_TAKEN bpf_htonl(1 << 16)

/* Both ports as one number, by which a place is taken and given away at once. */
static __always_inline __u32 *policy_tcp_ports(struct policy_connection *place)
{
	return (__u32 *)&place->low_port;
}

static __always_inline __u32 policy_tcp_ports_of(const struct flow_key *key)
{
	return bpf_htonl((__u32)bpf_ntohs(key->low_port) << 16 | bpf_ntohs(key->high_port));
}

static __always_inline bool policy_tcp_keeps(const struct flow_key *key)
{
	return key->protocol == IPPROTO_TCP && key->low_port && key->high_port;
}

static __noinline struct policy_connection *policy_tcp_place(const struct flow_key *key)
{
	__u64 low = ip_high(&key->low) ^ ip_low(&key->low), high = ip_high(&key->high) ^ ip_low(&key->high);
	__u64 mixed = low * 0x9e3779b97f4a7c15ull + high * 0xc2b2ae3d27d4eb4full;
	__u32 index = ((mixed >> 32) + bpf_ntohs(key->low_port) + bpf_ntohs(key->high_port)) & (POLICY_CONNECTIONS - 1);

	return bpf_map_lookup_elem(&policy_tcp, &index);
}

static __always_inline bool policy_tcp_is_at(struct policy_connection *place, const struct flow_key *key)
{
	return *(volatile __u32 *)policy_tcp_ports(place) == policy_tcp_ports_of(key) && ip_equal(&place->low, &key->low) &&
	       ip_equal(&place->high, &key->high);
}

static __always_inline struct policy_flow *policy_tcp_find(const struct flow_key *key)
{
	struct policy_connection *place;

	if (!policy_tcp_keeps(key))
		return NULL;
	place = policy_tcp_place(key);
	return place && policy_tcp_is_at(place, key) ? &place->flow : NULL;
}

/* Whether a connection has its place now. */
static __always_inline bool policy_tcp_write(const struct flow_key *key, const struct policy_flow *flow)
{
	struct policy_connection *place;
	__u32 ports;

	if (!policy_tcp_keeps(key))
		return false;
	place = policy_tcp_place(key);
	if (!place)
		return false;
	ports = *(volatile __u32 *)policy_tcp_ports(place);
	if (ports && !policy_tcp_is_at(place, key) &&
	    (ports == POLICY_TCP_TAKEN || !policy_flow_is_over(&place->flow, flow->seen, IPPROTO_TCP)))
		return false;
	if (__sync_val_compare_and_swap(policy_tcp_ports(place), ports, POLICY_TCP_TAKEN) != ports)
		return false;
	place->low = key->low;
	place->high = key->high;
	place->flow = *flow;
	__sync_lock_test_and_set(policy_tcp_ports(place), policy_tcp_ports_of(key));
	return true;
}

#endif
