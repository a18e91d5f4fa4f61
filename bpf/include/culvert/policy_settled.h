/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The short way of most packets of pods that are held to policies: in the middle of an established TCP connection that policies
 * let pass a moment ago and that no flow translates. Nothing is left to do for them but to count.
 */
#ifndef CULVERT_POLICY_SETTLED_H
#define CULVERT_POLICY_SETTLED_H

#include "event.h"
#include "flow_mark.h"
#include "policy_pod.h"
#include "policy_recent.h"

#define POLICY_SETTLED 2 /* no flow_mark() is even */

/*
 * What is remembered of a packet at a hook, before anything else is asked: POLICY_SETTLED if it passes as it is. Else the
 * flow_mark() that it may be remembered with, or 0 where that is in vain.
 */
static __noinline __u32 policy_recall(struct __sk_buff *skb, const struct packet *packet, __u32 direction)
{
	struct policy_control *control = policy_state();
	__u32 epoch = control ? *(volatile __u32 *)&control->epoch : 0;
	struct policy_recent *recent;
	__u32 mark;

	if (!epoch || !policy_is_steady(packet))
		return 0;
	mark = flow_mark(packet);
	recent = policy_recent_find(packet, skb->ifindex, direction, epoch);
	if (!recent || recent->mark != mark || event_level() >= EVENTS_LOW)
		return mark;
	policy_count(skb, recent->rule);
	return POLICY_SETTLED;
}

/* Remembers a packet which policies have let pass at the hook of a pod that receives it, unless a flow may translate it. */
static __noinline void policy_settle(struct __sk_buff *skb, const struct packet *packet)
{
	struct policy_control *control = policy_state();
	struct policy_recent *recent;

	if (!control || !skb->cb[PACKET_MARK])
		return;
	recent = policy_recent_find(packet, skb->ifindex, POLICY_INGRESS, control->epoch);
	if (recent)
		recent->mark = skb->cb[PACKET_MARK];
}

#endif
