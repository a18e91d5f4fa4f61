/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Connections that are open to each backend, for algorithms that choose by their number. A connection is counted when it is
 * opened and taken out once: a flow when it ends or its forward entry is removed, a socket when it is closed or connects
 * to something else.
 */
#ifndef CULVERT_LOAD_H
#define CULVERT_LOAD_H

#include <stdbool.h>

#include "maps.h"

static __always_inline struct backend_load *load_of(__u32 backend_id)
{
	__u32 index = backend_id & BACKEND_INDEX_MASK;

	return bpf_map_lookup_elem(&backend_loads, &index);
}

static __always_inline __s32 load_open(const struct load_count *count, __u32 backend_id)
{
	__s32 open = *(volatile __s32 *)&count->open;

	return count->id == backend_id && open > 0 ? open : 0;
}

/* The first connection of a backend takes the count over from the one that had the index before. */
static __always_inline void load_add(struct load_count *count, __u32 backend_id)
{
	struct load_count first = { .id = backend_id };
	__u64 old = *(volatile __u64 *)count, fresh;

	__builtin_memcpy(&fresh, &first, sizeof(fresh));
	if (*(volatile __u32 *)&count->id != backend_id)
		__sync_val_compare_and_swap((__u64 *)count, old, fresh);
	__sync_fetch_and_add(&count->open, 1);
}

static __always_inline void load_remove(struct load_count *count, __u32 backend_id)
{
	if (*(volatile __u32 *)&count->id == backend_id)
		__sync_fetch_and_add(&count->open, -1);
}

#endif
