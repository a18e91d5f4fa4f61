/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* From a frontend to the backends that may serve its client. */
#ifndef CULVERT_SERVICE_H
#define CULVERT_SERVICE_H

#include "frontend.h"

enum candidates_result {
	CANDIDATES_FOUND,
	CANDIDATES_UNPUBLISHED, /* no extent: as if the frontend did not exist */
	CANDIDATES_NONE,        /* refuse */
	CANDIDATES_ELSEWHERE,   /* none on this node, some on others: drop, so that nothing leaves the node */
};

/* Backends that may be chosen are slots [first, first + count). */
struct candidates {
	__u32 extent; /* index of the header */
	__u32 first;
	__u32 count;
	__u32 affinity_seconds; /* 0: no session affinity */
	__u32 flags;            /* EXTENT_* of the header, and SELECT_* */
	__u32 tables;           /* slot of struct extent_tables; 0: none */
	__u8 algorithm;
	__u8 local; /* 1: the candidates are the local set */
};

#define SELECT_PEEK (1u << 31) /* beside EXTENT_*: nothing is written, so that the next connection is given the same backend */

/* How many backends follow the header. */
static __always_inline __u32 extent_count(__u64 extent)
{
	return (__u32)(extent >> EXTENT_START_BITS) & ((1u << EXTENT_COUNT_BITS) - 1);
}

/*
 * The word that says where the backends of a frontend are; without EXTENT_PUBLISHED, nowhere. It is read once: what is
 * loaded from the extent depends on it, so that it is what was written before the word on every architecture.
 */
static __always_inline __u64 service_extent(const struct frontend *frontend)
{
	__u32 index = frontend->service;
	struct service *service = bpf_map_lookup_elem(&services, &index);

	return service ? *(volatile __u64 *)&service->extent : 0;
}

/* The backends of a frontend; local: only those of the local set, see frontend_is_local(). */
static __always_inline int service_candidates(const struct frontend *frontend, bool local,
					      struct candidates *candidates)
{
	__u64 extent = service_extent(frontend);
	__u32 start = (__u32)extent;
	union slot *slot;

	if (!(extent & EXTENT_PUBLISHED))
		return CANDIDATES_UNPUBLISHED;
	candidates->extent = start;
	if ((extent & EXTENT_PLAIN) && !local) {
		candidates->first = start + 1;
		candidates->count = extent_count(extent);
		candidates->affinity_seconds = 0;
		candidates->flags = 0;
		candidates->tables = 0;
		candidates->algorithm = ALGORITHM_RANDOM;
		candidates->local = 0;
		return candidates->count ? CANDIDATES_FOUND : CANDIDATES_NONE;
	}

	slot = bpf_map_lookup_elem(&slots, &start);
	if (!slot)
		return CANDIDATES_UNPUBLISHED;
	candidates->affinity_seconds = slot->header.affinity_seconds;
	candidates->flags = slot->header.flags;
	candidates->tables = candidates->flags & EXTENT_TABLES ? start + 1 + extent_count(extent) : 0;
	candidates->algorithm = slot->header.algorithm;
	candidates->local = local;
	if (!local) {
		candidates->first = start + 1 + slot->header.cluster_first;
		candidates->count = slot->header.cluster_count;
		return candidates->count ? CANDIDATES_FOUND : CANDIDATES_NONE;
	}
	candidates->first = start + 1;
	candidates->count = slot->header.local_count;
	if (candidates->count)
		return CANDIDATES_FOUND;
	return candidates->flags & EXTENT_ENDPOINTS_ELSEWHERE ? CANDIDATES_ELSEWHERE : CANDIDATES_NONE;
}

/* Whether a backend that was chosen earlier still serves its Service: one array read. No backend has the id 0. */
static __always_inline bool backend_is_published(__u32 id)
{
	__u32 index = id & BACKEND_INDEX_MASK;
	struct published_backend *published = bpf_map_lookup_elem(&backends, &index);

	return published && id && published->id == id;
}

#endif
