/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The one selection: every hook chooses a backend here and nowhere else. */
#ifndef CULVERT_SELECT_H
#define CULVERT_SELECT_H

#include "affinity.h"
#include "select_hash.h"
#include "select_load.h"

/* A number below count. Multiply and shift: as even as a remainder for counts far below 2^32, without the division. */
static __always_inline __u32 select_random(__u32 count)
{
	return ((__u64)bpf_get_prandom_u32() * count) >> 32;
}

/* Connections that a set was given before this one. */
static __always_inline __u64 select_position(struct extent_table *table, __u32 flags)
{
	return flags & SELECT_PEEK ? *(volatile __u64 *)&table->position : __sync_fetch_and_add(&table->position, 1);
}

/* What an entry of a table says. */
static __always_inline __u32 select_entry(const struct candidates *candidates, const struct extent_table *table,
					  __u32 entry)
{
	__u32 index = candidates->extent + table->first + entry / SLOT_ENTRIES;
	__u16 *entries = bpf_map_lookup_elem(&slots, &index);

	return entries ? entries[entry % SLOT_ENTRIES] : 0;
}

/*
 * The place among the candidates of who is chosen by a table. hash: of the connection, where the algorithm is by hash; else
 * random. Every entry is a place in the set; one that is not, which no agent writes, stands for the first backend.
 */
static __always_inline __u32 select_by_table(const struct candidates *candidates, __u32 hash)
{
	__u32 index = candidates->tables, place;
	struct extent_tables *tables = bpf_map_lookup_elem(&slots, &index);
	struct extent_table *table;

	if (!tables)
		return 0;
	/* Masked for the verifier, which does not know that it is 0 or 1. */
	table = &tables->cluster + (candidates->local & 1);
	if (candidates->algorithm == ALGORITHM_ROUND_ROBIN || candidates->algorithm == ALGORITHM_WEIGHTED_ROUND_ROBIN)
		place = select_position(table, candidates->flags) % (table->entries ?: candidates->count);
	else
		place = ((__u64)hash * (table->entries ?: candidates->count)) >> 32;
	if (!table->entries)
		return place;
	place = select_entry(candidates, table, place);
	return place < candidates->count ? place : 0;
}

/* The place in the set that a number stands for. Not static, so that it is verified once. */
__noinline int select_place(const struct candidates *candidates, __u32 hash)
{
	if (!candidates || !candidates->count)
		return 0;
	if (candidates->tables)
		return select_by_table(candidates, hash);
	return ((__u64)hash * candidates->count) >> 32;
}

/* The slot of who is chosen by anything but chance alone. */
static __always_inline __u32 select_slot(const struct candidates *candidates, __u32 hash)
{
	__u32 place = select_place(candidates, hash);

	if (!select_counts(candidates->algorithm))
		return candidates->first + place;
	return select_by_load(candidates, place,
			      candidates->algorithm == ALGORITHM_POWER_OF_TWO ?
				      select_place(candidates, bpf_get_prandom_u32()) :
				      place);
}

/*
 * The backend of a new connection. An affinity goes before the algorithm; random is what every algorithm that is not known
 * here falls back to.
 * client: address before any masquerade; all zero where a socket has none yet, which only algorithms that do not ask for it
 * and no affinity are used with.
 * destination: what the client dialled. ports: connection_ports()
 */
static __always_inline const struct backend *select_backend_for(const struct candidates *candidates, __u32 service,
								const struct ip *client, const struct ip *destination,
								__u64 ports)
{
	__u32 index;
	union slot *slot;

	if (candidates->algorithm == ALGORITHM_RANDOM && !candidates->tables)
		index = candidates->first + select_random(candidates->count);
	else
		index = select_slot(candidates, select_hash(client, destination, ports, candidates->algorithm));
	if (candidates->affinity_seconds)
		return affinity_keep(candidates, service, client, index);
	slot = bpf_map_lookup_elem(&slots, &index);
	return slot ? &slot->backend : NULL;
}

#endif
