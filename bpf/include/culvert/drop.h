/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is not let through is counted by reason. */
#ifndef CULVERT_DROP_H
#define CULVERT_DROP_H

#include "maps.h"

static __always_inline void drop_count(enum drop_reason reason, __u64 bytes)
{
	__u32 index = reason;
	struct drop_count *count = bpf_map_lookup_elem(&drops, &index);

	if (!count)
		return;
	count->packets++;
	count->bytes += bytes;
}

#endif
