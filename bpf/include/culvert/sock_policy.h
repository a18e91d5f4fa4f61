/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Services whose backend may be the client's own pod. A socket that is given its own pod's address never leaves the pod, and
 * rules of ClusterNetworkPolicies are about it (row D2-13): such connections are left to the packet path, where pods are
 * asked.
 */
#ifndef CULVERT_SOCK_POLICY_H
#define CULVERT_SOCK_POLICY_H

#include "maps_policy.h"

static __always_inline bool sock_set_is_tiered(__u32 number)
{
	struct policy_set *set = number ? bpf_map_lookup_elem(&policy_sets, &number) : NULL;

	return set && set->flags & POLICY_SET_TIERED;
}

/* Whether a backend is a pod of this node that ClusterNetworkPolicies select. Sockets do not know their own pod's address. */
static __always_inline bool sock_backend_is_judged(const struct ip *backend)
{
	struct policy_control *control;
	struct endpoint_key key = {};
	struct endpoint_sets *sets;
	struct endpoint *pod;
	__u32 zero = 0;

	control = bpf_map_lookup_elem(&policy_control, &zero);
	if (!control || !(control->flags & POLICY_ENFORCED))
		return false;
	key.address = *backend;
	pod = bpf_map_lookup_elem(&endpoints, &key);
	if (!pod)
		return false;
	sets = &pod->sets[*(volatile __u32 *)&control->epoch & 1];
	return sock_set_is_tiered(sets->egress) || sock_set_is_tiered(sets->ingress);
}

#endif
