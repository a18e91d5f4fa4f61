/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Fragments. Only the first one of a datagram has ports; what is translated is remembered by what all fragments carry, so
 * that later ones follow it. Each hook remembers the datagram as it sees it, before its own translation.
 */
#ifndef CULVERT_FRAGMENT_H
#define CULVERT_FRAGMENT_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "fragment_key.h"
#include "maps.h"

/* What is seen of a first fragment must not be mixed up with an earlier datagram of the same id. */
static __noinline long fragment_forget(const struct packet *packet)
{
	struct fragment_key key = fragment_key(packet);

	return bpf_map_delete_elem(&fragments, &key);
}

/* Of a first fragment that is translated. Non-zero when there is no memory for it: then it must not go on either. */
static __noinline long fragment_remember(const struct packet *packet)
{
	struct fragment_key key = fragment_key(packet);
	struct fragment fragment = fragment_first(packet);

	return bpf_map_update_elem(&fragments, &key, &fragment, BPF_ANY);
}

/* Gives a later fragment the ports of its first, if that was translated here. */
static __noinline bool fragment_find(struct packet *packet)
{
	struct fragment_key key = fragment_key(packet);

	return fragment_follow(packet, bpf_map_lookup_elem(&fragments, &key));
}

#endif
