/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How long connections that policies let pass are remembered. */
#ifndef CULVERT_POLICY_FLOW_TIME_H
#define CULVERT_POLICY_FLOW_TIME_H

#include "layout_policy.h"
#include "timeout.h"

/* What policy_flow.seen is set to: every 34 ms, since others read what is written, and never 0. */
static __always_inline __u32 policy_clock(void)
{
	return flow_clock() >> POLICY_TICK_BITS | 1;
}

static __always_inline bool policy_has_handshake(__u8 protocol)
{
	return protocol == IPPROTO_TCP || protocol == IPPROTO_SCTP;
}

static __always_inline __u64 policy_flow_timeout(__u32 state, __u8 protocol)
{
	const __u32 closed = POLICY_FLOW_OPENER_CLOSED | POLICY_FLOW_TARGET_CLOSED;

	return idle_timeout(policy_has_handshake(protocol), state & POLICY_FLOW_ESTABLISHED,
			    state & POLICY_FLOW_RESET || (state & closed) == closed);
}

/* Whether an entry is as good as absent. One that an earlier layout made says 0 of when it was seen, until it is. */
static __always_inline bool policy_flow_is_over(const struct policy_flow *flow, __u32 now, __u8 protocol)
{
	__s32 age = now - flow->seen;

	return flow->seen && age > 0 && (__u64)age << POLICY_TICK_BITS > policy_flow_timeout(flow->state, protocol);
}

#endif
