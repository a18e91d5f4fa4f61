/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the policies of a pod at the other end of the fast path are known to say of a packet. */
#ifndef CULVERT_POLICY_FAST_H
#define CULVERT_POLICY_FAST_H

#include "fast.h"
#include "policy_walk.h"

/*
 * Whether the pod behind an interface receives a packet without being asked anything new: it has no policies, or the packet
 * goes on with what they said before. Counts it then, as policy_ingress would.
 */
static __always_inline bool policy_passes_at(struct __sk_buff *skb, const struct packet *packet, __u32 ifindex)
{
	struct policy_control *control = policy_state();
	struct policy_walk walk = { .direction = POLICY_INGRESS, .interface = ifindex };
	bool steady = policy_is_steady(packet);
	struct policy_recent *recent;
	struct endpoint *pod;

	if (!control)
		return true;
	walk.packet = *packet;
	walk.epoch = *(volatile __u32 *)&control->epoch;
	walk.flags = control->flags;
	if (!walk.epoch)
		return !(walk.flags & POLICY_STRICT);
	walk.now = policy_clock();
	if (policy_is_known(skb, &walk))
		return true;
	if (steady) {
		recent = policy_recent_find(packet, ifindex, POLICY_INGRESS, walk.epoch);
		if (recent) {
			policy_count(skb, recent->rule);
			return true;
		}
	}
	pod = policy_pod(ifindex, &packet->destination);
	if (!pod)
		return !(walk.flags & POLICY_STRICT);
	if (policy_set_of(pod, walk.epoch, POLICY_INGRESS) | policy_set_of(pod, walk.epoch, POLICY_EGRESS))
		return false;
	if (steady)
		policy_recent_note(packet, ifindex, POLICY_INGRESS, walk.epoch, 0, 0);
	return true;
}

#endif
