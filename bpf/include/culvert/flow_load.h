/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Connections of the flow table in the counts of their backends. */
#ifndef CULVERT_FLOW_LOAD_H
#define CULVERT_FLOW_LOAD_H

#include "load.h"

/* Counts a connection that was just opened. */
static __always_inline void load_open_flow(const struct flow *flow)
{
	struct backend_load *load = flow->state & FLOW_COUNTED ? load_of(flow->backend_id) : NULL;

	if (load)
		load_add(&load->flows, flow->backend_id);
}

/*
 * Takes a connection out, if this is the first to do so. flow: its forward entry.
 * Not static, so that it is verified once. Of two CPUs one sees the other's bit, because it is set at once with the look at
 * it; the bit lies in one word with state.
 */
__noinline int load_release_flow(struct flow *flow)
{
	struct backend_load *load;
	__u32 *word;

	if (!flow)
		return 0;
	word = (__u32 *)&flow->protocol;
	if ((flow->state & (FLOW_COUNTED | FLOW_RELEASED)) != FLOW_COUNTED)
		return 0;
	if (__sync_fetch_and_or(word, (__u32)FLOW_RELEASED << 16) & (__u32)FLOW_RELEASED << 16)
		return 0;
	load = load_of(flow->backend_id);
	if (load)
		load_remove(&load->flows, flow->backend_id);
	return 0;
}

#endif
