/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which class of addresses one belongs to: by itself, or by the longest block that holds it. */
#ifndef CULVERT_POLICY_CLASS_H
#define CULVERT_POLICY_CLASS_H

#include "addr.h"
#include "maps_policy.h"

#define POLICY_ADDRESS_BITS 160 /* of a policy_cidr_key: the side and the address */

static __always_inline __u32 policy_block_word(__u32 index, __u32 side)
{
	struct policy_block *block = bpf_map_lookup_elem(&policy_blocks, &index);

	return block ? block->word[side & 1] : 0;
}

/* Where a word leads to by the next bits of an address, if it is no class. */
static __always_inline __u32 policy_block_next(__u32 word, __u32 bits, __u32 side)
{
	return word && !(word & POLICY_BLOCK_CLASS) ?
		       policy_block_word(word + (bits & (POLICY_BLOCK_ENTRIES - 1)), side) :
		       word;
}

/* address: IPv4. The word is 0 where the trie must be asked. */
static __always_inline __u32 policy_block_of(const struct ip *address, __u32 side)
{
	__u32 bits = bpf_ntohl(address->word[3]);
	__u32 word = policy_block_word(bits >> 16, side);

	word = policy_block_next(word, bits >> 8, side);
	return policy_block_next(word, bits, side);
}

static __always_inline const struct policy_length *policy_length_at(__u32 side, __u32 entry)
{
	__u32 index = (side & 1) * POLICY_LENGTHS + (entry & (POLICY_LENGTHS - 1));

	return bpf_map_lookup_elem(&policy_lengths, &index);
}

/* key: of an IPv6 address, with all bits; what is left in it says nothing. class is not set if policy_cidrs must be asked. */
static __always_inline bool policy_prefix_class(struct policy_cidr_key *key, const struct ip *address, __u32 *class)
{
	const struct policy_length *length = policy_length_at(key->side, 0);
	__u32 entry = 1;

	if (!length || !length->prefixlen)
		return false;
	*class = length->class;
	for (int step = 0; step < POLICY_LENGTH_STEPS; step++) {
		__u32 *found;

		length = policy_length_at(key->side, entry);
		if (!length || !length->prefixlen)
			break;
		key->prefixlen = length->prefixlen;
		ip_mask(&key->address, address, &length->mask);
		found = bpf_map_lookup_elem(&policy_prefixes, key);
		if (found)
			*class = *found;
		entry = 2 * entry + !!found;
	}
	return true;
}

/* key: of the address, with all bits; what is left in it says nothing. 0: of no class. */
static __always_inline __u32 policy_class(struct policy_cidr_key *key, const struct ip *address)
{
	__u32 *found = bpf_map_lookup_elem(&policy_hosts, key);
	__u32 class;

	if (found)
		return *found;
	if (ip_is_v4(address)) {
		class = policy_block_of(address, key->side);
		if (class & POLICY_BLOCK_CLASS)
			return class & ~POLICY_BLOCK_CLASS;
	} else if (policy_prefix_class(key, address, &class)) {
		return class;
	}
	found = bpf_map_lookup_elem(&policy_cidrs, key);
	return found ? *found : 0;
}

#endif
