/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Fragments of packets that policies let pass: as fragment.h, with the addresses that policies see. */
#ifndef CULVERT_POLICY_FRAGMENT_H
#define CULVERT_POLICY_FRAGMENT_H

#include "fragment_key.h"
#include "maps_policy.h"

/* Of a first fragment that passes. Non-zero when there is no memory for it: then it must not go on either. */
static __noinline long policy_fragment_remember(const struct packet *packet)
{
	struct fragment_key key = fragment_key(packet);
	struct fragment fragment = fragment_first(packet);

	return bpf_map_update_elem(&policy_fragments, &key, &fragment, BPF_ANY);
}

/* Gives a later fragment what its first had, if that passed. */
static __noinline bool policy_fragment_find(struct packet *packet)
{
	struct fragment_key key = fragment_key(packet);

	return fragment_follow(packet, bpf_map_lookup_elem(&policy_fragments, &key));
}

/* Of a first fragment that is dropped: an earlier datagram of the same id must not lend it its ports. */
static __noinline long policy_fragment_forget(const struct packet *packet)
{
	struct fragment_key key = fragment_key(packet);

	return bpf_map_delete_elem(&policy_fragments, &key);
}

#endif
