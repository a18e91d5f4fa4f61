/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The pod whose policies a packet meets, and what is asked about it. */
#ifndef CULVERT_POLICY_POD_H
#define CULVERT_POLICY_POD_H

#include "policy_eval.h"

static __always_inline struct policy_control *policy_state(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&policy_control, &zero);
}

static __always_inline struct endpoint *policy_address_pod(const struct ip *address)
{
	struct endpoint_key key = { .address = *address };

	return bpf_map_lookup_elem(&endpoints, &key);
}

/* The pod behind an interface, else the one of an address: a forged source changes nothing once the interface is known. */
static __always_inline struct endpoint *policy_pod(__u32 ifindex, const struct ip *address)
{
	struct endpoint_key key = { .ifindex = ifindex };
	struct endpoint *pod = bpf_map_lookup_elem(&endpoints, &key);

	return pod ? pod : policy_address_pod(address);
}

/* direction: POLICY_EGRESS or POLICY_INGRESS */
static __always_inline __u32 policy_set_of(const struct endpoint *pod, __u32 side, __u32 direction)
{
	const struct endpoint_sets *sets = &pod->sets[side & 1];

	return direction == POLICY_EGRESS ? sets->egress : sets->ingress;
}

/* The pod's number on a side; 0: it has none there. */
static __always_inline __u32 policy_number_of(const struct endpoint *pod, __u32 side)
{
	return pod->number[side & 1];
}

/* Whether an address is that of the pod with this number on a side. */
static __always_inline bool policy_is_pod(__u32 number, __u32 side, const struct ip *address)
{
	struct endpoint *pod = policy_address_pod(address);

	return pod && number && policy_number_of(pod, side) == number;
}

#endif
