/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Session affinity: the backend that a client had last is chosen again. One table serves sockets and packets. It may
 * evict what was not used for long: a client is then given any backend, and connections that exist are not touched.
 */
#ifndef CULVERT_AFFINITY_H
#define CULVERT_AFFINITY_H

#include <linux/errno.h>

#include "service.h"

struct affinity_search {
	__u32 first;
	__u32 backend_id;
	__u32 found; /* index into slots; 0, which no backend has: not found */
};

static long affinity_visit(__u32 i, void *context)
{
	struct affinity_search *search = context;
	__u32 index = search->first + i;
	union slot *slot = bpf_map_lookup_elem(&slots, &index);

	if (!slot)
		return 1;
	if (slot->backend.id != search->backend_id)
		return 0;
	search->found = index;
	return 1;
}

/* A backend among the candidates by its id, or null; hint says where it was last, and is put right. */
static __always_inline const struct backend *affinity_find(const struct candidates *candidates, __u32 backend_id,
							   __u32 *hint)
{
	struct affinity_search search = { .first = candidates->first, .backend_id = backend_id };
	__u32 index = candidates->extent + 1 + *hint;
	union slot *slot;

	if (index - candidates->first < candidates->count) {
		slot = bpf_map_lookup_elem(&slots, &index);
		if (slot && slot->backend.id == backend_id)
			return &slot->backend;
	}
	bpf_loop(candidates->count, affinity_visit, &search, 0);
	if (!search.found)
		return NULL;
	index = search.found;
	*hint = index - candidates->extent - 1;
	slot = bpf_map_lookup_elem(&slots, &index);
	return slot ? &slot->backend : NULL;
}

/*
 * The backend that a client had last, or null where that was too long ago, or it is not among the candidates. hint says
 * where it was last, found where it is. An entry may be given to another client while it is read, hence one read of each
 * member: an id is looked for before it is used.
 */
static __always_inline const struct backend *affinity_last(const struct candidates *candidates,
							   const volatile struct affinity *last, __u64 now, __u32 *hint,
							   __u32 *found)
{
	__u64 seconds = candidates->affinity_seconds;
	__u32 backend_id;

	/* The clock of another CPU may be ahead by a tick, hence the sign. */
	if ((__s64)(now - last->last_used) > (__s64)(seconds * 1000000000ull))
		return NULL;
	backend_id = last->backend_id;
	if (!backend_is_published(backend_id))
		return NULL;
	*found = *hint = last->offset;
	return affinity_find(candidates, backend_id, found);
}

/*
 * The same for a new connection, which counts as its last from now on. What is written to an entry that another client
 * was given lengthens its life at most.
 */
static __always_inline const struct backend *affinity_recall(const struct candidates *candidates,
							     const struct affinity_key *key, __u64 now, bool *known)
{
	volatile struct affinity *last = bpf_map_lookup_elem(&affinity, key);
	const struct backend *backend;
	__u32 hint, found;

	*known = last;
	if (!last)
		return NULL;
	backend = affinity_last(candidates, last, now, &hint, &found);
	if (!backend)
		return NULL;
	last->last_used = now;
	if (found != hint)
		last->offset = found;
	return backend;
}

/*
 * The slot of the backend that a client has, or of the one that is proposed for it, which it has from now on. Of two
 * CPUs that meet a new client at once, the second follows the first.
 */
static __noinline const struct backend *affinity_keep(const struct candidates *candidates, __u32 service,
						      const struct ip *client, __u32 proposed)
{
	struct affinity_key key = { .service = service, .client = *client };
	struct affinity value = {};
	const struct backend *backend;
	__u64 now = bpf_ktime_get_coarse_ns();
	union slot *slot;
	bool known;

	backend = affinity_recall(candidates, &key, now, &known);
	if (backend)
		return backend;
	slot = bpf_map_lookup_elem(&slots, &proposed);
	if (!slot)
		return NULL;
	value.backend_id = slot->backend.id;
	value.offset = proposed - candidates->extent - 1;
	value.last_used = now;
	if (bpf_map_update_elem(&affinity, &key, &value, known ? BPF_ANY : BPF_NOEXIST) == -EEXIST) {
		backend = affinity_recall(candidates, &key, now, &known);
		if (backend)
			return backend;
	}
	return &slot->backend;
}

#endif
