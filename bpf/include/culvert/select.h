/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The one selection: every hook chooses a backend here and nowhere else. */
#ifndef CULVERT_SELECT_H
#define CULVERT_SELECT_H

#include "service.h"

/* Random is what every algorithm that is not known here falls back to. */
static __always_inline const struct backend *select_backend(const struct candidates *candidates)
{
	/* Multiply and shift: as even as a remainder for counts far below 2^32, without the division. */
	__u32 offset = ((__u64)bpf_get_prandom_u32() * candidates->count) >> 32;
	__u32 index = candidates->first + offset;
	union slot *slot = bpf_map_lookup_elem(&slots, &index);

	return slot ? &slot->backend : NULL;
}

#endif
