/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The one selection: every hook chooses a backend here and nowhere else. */
#ifndef CULVERT_SELECT_H
#define CULVERT_SELECT_H

#include "affinity.h"

/*
 * The backend of a new connection. Random is what every algorithm that is not known here falls back to.
 * client: address before any masquerade. Read only if candidates->affinity_seconds is not 0.
 */
static __always_inline const struct backend *select_backend_for(const struct candidates *candidates, __u32 service,
								const struct ip *client)
{
	/* Multiply and shift: as even as a remainder for counts far below 2^32, without the division. */
	__u32 offset = ((__u64)bpf_get_prandom_u32() * candidates->count) >> 32;
	__u32 index = candidates->first + offset;
	union slot *slot;

	if (candidates->affinity_seconds)
		return affinity_keep(candidates, service, client, index);
	slot = bpf_map_lookup_elem(&slots, &index);
	return slot ? &slot->backend : NULL;
}

#endif
