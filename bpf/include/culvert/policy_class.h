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

/* key: with all bits. 0: of no class. */
static __always_inline __u32 policy_class(const struct policy_cidr_key *key)
{
	__u32 *class = bpf_map_lookup_elem(&policy_hosts, key);
	__u32 word;

	if (class)
		return *class;
	word = ip_is_v4(&key->address) ? policy_block_of(&key->address, key->side) : 0;
	if (word & POLICY_BLOCK_CLASS)
		return word & ~POLICY_BLOCK_CLASS;
	class = bpf_map_lookup_elem(&policy_cidrs, key);
	return class ? *class : 0;
}

#endif
