/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Algorithms that choose by the number of connections that are open to each backend. */
#ifndef CULVERT_SELECT_LOAD_H
#define CULVERT_SELECT_LOAD_H

#include "load.h"
#include "service.h"

/* Whether an algorithm needs connections counted. */
static __always_inline bool select_counts(__u8 algorithm)
{
	switch (algorithm) {
	case ALGORITHM_LEAST_CONNECTION:
	case ALGORITHM_WEIGHTED_LEAST_CONNECTION:
	case ALGORITHM_SHORTEST_EXPECTED_DELAY:
	case ALGORITHM_NEVER_QUEUE:
	case ALGORITHM_POWER_OF_TWO:
		return true;
	}
	return false;
}

/*
 * The cheapest backend that was seen so far. Costs are fractions, so that weights need no division: a / b < c / d where
 * a * d < c * b.
 */
struct select_search {
	__u32 first, count, start;
	__u32 other;    /* power of two choices: the second of those that are looked at; else the same as start */
	__u32 weighted; /* 0: weights do not matter */
	__u32 next;     /* 1: this connection counts, too */
	__u32 idle;     /* 1: one without connections is taken at once */
	__u32 found;    /* slot; 0: none yet */
	__u32 weight;
	__u64 cost;
};

/* Connections that are open to a backend. Not static, so that it is verified once. */
__noinline int load_total(__u32 backend_id)
{
	struct backend_load *load = load_of(backend_id);

	return load ? load_open(&load->flows, backend_id) + load_open(&load->sockets, backend_id) : 0;
}

/* Looks at a backend. 1 where no other can be cheaper. */
static long select_visit(__u32 i, void *context)
{
	struct select_search *search = context;
	__u32 place = search->start + i, index, weight;
	union slot *slot;
	__u64 cost;

	if (search->other != search->start && i)
		place = search->other;
	if (place >= search->count)
		place -= search->count;
	index = search->first + place;
	slot = bpf_map_lookup_elem(&slots, &index);
	if (!slot)
		return 0;
	cost = (__u32)load_total(slot->backend.id);
	if (search->idle && !cost) {
		search->found = index;
		return 1;
	}
	cost += search->next;
	weight = search->weighted && slot->backend.weight ? slot->backend.weight : 1;
	if (search->found && cost * search->weight >= search->cost * weight)
		return 0;
	search->found = index;
	search->cost = cost;
	search->weight = weight;
	return 0;
}

/*
 * The slot of the backend with the least load. Equal ones are taken from a random place on, so that nodes do not choose
 * the same. Power of two choices looks at two places, each as likely as the weight of its backend says; others at all.
 */
__noinline int select_by_load(const struct candidates *candidates, __u32 place, __u32 other)
{
	struct select_search search = { .start = place, .other = place };
	__u32 algorithm, looks;

	if (!candidates)
		return 0;
	algorithm = candidates->algorithm;
	looks = search.count = candidates->count;
	search.first = candidates->first;
	search.weighted = algorithm != ALGORITHM_LEAST_CONNECTION;
	search.next = algorithm == ALGORITHM_SHORTEST_EXPECTED_DELAY || algorithm == ALGORITHM_NEVER_QUEUE;
	search.idle = algorithm == ALGORITHM_NEVER_QUEUE;
	if (algorithm == ALGORITHM_POWER_OF_TWO) {
		search.other = other;
		looks = other == place ? 1 : 2;
	}
	bpf_loop(looks, select_visit, &search, 0);
	return search.found ?: search.first;
}

#endif
