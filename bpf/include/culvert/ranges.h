/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the agent says of ranges of addresses, and of addresses that Services have but not at every port. */
#ifndef CULVERT_RANGES_H
#define CULVERT_RANGES_H

#include "addr.h"
#include "maps.h"

/* All that is said of the ranges that an address lies in: RANGE_*. No lookup: the record is mapped into the program. */
static __always_inline __u32 address_range_flags(const struct ip *address)
{
	__u32 zero = 0, flags = 0;
	struct control *settings = bpf_map_lookup_elem(&control, &zero);

	if (!settings)
		return 0;
	for (__u32 i = 0; i < ADDRESS_RANGES; i++) {
		const struct address_range *range = &settings->ranges[i];
		__u32 difference = 0;

		if (i >= settings->range_count)
			break;
		for (int word = 3; word >= 0; word--)
			difference |= (address->word[word] ^ range->network.word[word]) & range->mask.word[word];
		if (!difference)
			flags |= range->flags;
	}
	return flags;
}

enum cluster_ip_result {
	CLUSTER_IP_NONE,        /* no address of ours */
	CLUSTER_IP_KNOWN,       /* some Service has it, at other ports: refuse */
	CLUSTER_IP_UNALLOCATED, /* in a ServiceCIDR, and no Service has it: drop */
};

/* What to do with a destination that is no frontend. Only addresses in a range of ClusterIPs cost a lookup. */
static __always_inline int cluster_ip_result(const struct ip *address)
{
	__u32 flags = address_range_flags(address);
	struct address_key key = { .address = *address };
	__u32 *known;

	if (!(flags & RANGE_CLUSTER_IPS))
		return CLUSTER_IP_NONE;
	known = bpf_map_lookup_elem(&cluster_addresses, &key);
	if (known)
		return *known == CLUSTER_ADDRESS_REFUSE ? CLUSTER_IP_KNOWN : CLUSTER_IP_NONE;
	return flags & RANGE_DROP_UNALLOCATED ? CLUSTER_IP_UNALLOCATED : CLUSTER_IP_NONE;
}

#endif
