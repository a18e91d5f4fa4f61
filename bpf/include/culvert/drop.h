/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is not let through is counted by reason. */
#ifndef CULVERT_DROP_H
#define CULVERT_DROP_H

#include "maps.h"

/* count: null is passed over */
static __always_inline void packet_count(struct packet_count *count, __u64 bytes)
{
	if (!count)
		return;
	count->packets++;
	count->bytes += bytes;
}

static __always_inline void drop_count(enum drop_reason reason, __u64 bytes)
{
	__u32 index = reason;

	packet_count(bpf_map_lookup_elem(&drops, &index), bytes);
}

#endif
