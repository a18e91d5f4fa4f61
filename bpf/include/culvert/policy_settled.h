/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The short way of most packets of pods that are held to policies: those of TCP connections that no flow translates, but for
 * what opens one that is not known. Nothing is left to do for them but to count.
 */
#ifndef CULVERT_POLICY_SETTLED_H
#define CULVERT_POLICY_SETTLED_H

#include "policy_event.h"
#include "policy_flow.h"
#include "policy_pod.h"
#include "policy_recent.h"

#define POLICY_SETTLED 4 /* neither a flow_mark() nor POLICY_STRANGER, which may be alone */

/*
 * Of TCP that goes on: whether it is asked nothing new at this hook, as in policy_is_known(), and nothing translates it.
 * Counts it then.
 */
static __always_inline bool policy_flow_settles(struct __sk_buff *skb, const struct packet *packet, struct policy_flow *flow,
						bool from_opener, __u32 direction, __u32 epoch, __u32 mark, __u32 now)
{
	struct policy_side *side = &flow->sides[(from_opener ? direction : !direction) & 1];
	__u32 rule = from_opener ? side->rule : 0;

	if (side->epoch != epoch || flow->mark != mark || policy_flow_is_over(flow, now, IPPROTO_TCP))
		return false;
	policy_flow_note(flow, policy_flow_shown(packet, from_opener), now);
	policy_count(skb, rule);
	return true;
}

/*
 * Opens a connection once more, if its last entry says that the pod was asked about it at this epoch: the answer would be the
 * same, however long ago that was. Audit mode wants to be told of each.
 */
static __always_inline bool policy_reopen(struct __sk_buff *skb, struct policy_flow *flow, __u32 direction, __u32 epoch)
{
	struct policy_side *side = &flow->sides[direction & 1];
	__u32 rule = side->rule;

	if (side->epoch != epoch || flow->state & POLICY_FLOW_AUDITED)
		return false;
	flow->state &= POLICY_FLOW_OPENER_HIGH;
	flow->seen = policy_clock();
	policy_count(skb, rule);
	skb->cb[PACKET_VERDICT] = PACKET_BEGINS | (rule & PACKET_RULE);
	return true;
}

/* The epoch at which a packet may be known, or 0. Where no policy selects a pod, there is nothing to remember. */
static __always_inline __u32 policy_recall_epoch(const struct policy_control *control, const struct packet *packet)
{
	if (!control || !(control->flags & POLICY_ENFORCED) || packet->protocol != IPPROTO_TCP || packet->fragment)
		return 0;
	return *(volatile __u32 *)&control->epoch;
}

/* Whether all packets take the long way at a hook: unknown pods are told from others, and what this node sends is not asked. */
static __always_inline bool policy_recall_never(const struct __sk_buff *skb, const struct policy_control *control,
						__u32 direction)
{
	return control->flags & POLICY_STRICT || (direction == POLICY_INGRESS && !skb->ingress_ifindex);
}

/* Of a SYN that nothing translates where a pod sends it: as policy_recall(). What passes is to be told, by policy_tell(). */
static __noinline __u32 policy_recall_open(struct __sk_buff *skb, const struct packet *packet, __u32 direction)
{
	struct policy_control *control = policy_state();
	__u32 epoch = policy_recall_epoch(control, packet), from_opener = 0, mark, known;
	struct policy_flow *flow;

	if (!epoch)
		return 0;
	mark = flow_mark(packet);
	flow = policy_flow_last(packet, &from_opener);
	/* Who asks for a connection to no frontend is not looked for in flows where a pod sends it. */
	known = direction == POLICY_INGRESS || flow_mark_is_first(mark) ? mark : 0;
	if (!flow)
		return known | POLICY_STRANGER;
	return from_opener && flow->mark == mark && event_level() < EVENTS_LOW &&
			       !policy_recall_never(skb, control, direction) && policy_reopen(skb, flow, direction, epoch) ?
		       POLICY_SETTLED :
		       known;
}

/*
 * What is known of a packet at a hook, before anything else is asked: POLICY_SETTLED if it passes as it is. Else its
 * flow_mark(), beside POLICY_STRANGER, or 0 where that is not known yet.
 */
static __noinline __u32 policy_recall(struct __sk_buff *skb, const struct packet *packet, __u32 direction)
{
	struct policy_control *control = policy_state();
	__u32 epoch = policy_recall_epoch(control, packet), from_opener = 0, mark, now;
	struct policy_recent *recent = NULL;
	struct policy_flow *flow = NULL;
	bool never;

	if (!epoch)
		return flow_mark(packet);
	/* Whether a pod dials a Service is to be known before its policies are asked. */
	if (packet->signals & PACKET_OPEN)
		return direction == POLICY_INGRESS ? policy_recall_open(skb, packet, direction) : 0;
	mark = flow_mark(packet);
	if (event_level() >= EVENTS_LOW)
		return mark;
	never = policy_recall_never(skb, control, direction);
	now = policy_clock();
	if (!never)
		flow = policy_flow_placed(packet, &from_opener);
	if (flow && policy_flow_settles(skb, packet, flow, from_opener, direction, epoch, mark, now))
		return POLICY_SETTLED;
	/* The place says nothing of an end whose pod is held to no policies. */
	if (policy_is_steady(packet))
		recent = policy_recent_find(packet, skb->ifindex, direction, epoch);
	if (recent) {
		if (recent->mark != mark)
			return mark;
		policy_count(skb, recent->rule);
		return POLICY_SETTLED;
	}
	if (never)
		return mark;
	if (!flow) {
		flow = policy_flow_elsewhere(packet, &from_opener);
		if (flow && policy_flow_settles(skb, packet, flow, from_opener, direction, epoch, mark, now))
			return POLICY_SETTLED;
	}
	return flow && !policy_flow_is_over(flow, now, IPPROTO_TCP) ? mark : mark | POLICY_STRANGER;
}

/* Remembers a packet which policies have let pass at the hook of a pod that receives it, unless a flow may translate it. */
static __noinline void policy_settle(struct __sk_buff *skb, const struct packet *packet)
{
	struct policy_control *control = policy_state();
	__u32 mark = skb->cb[PACKET_MARK] & ~POLICY_STRANGER, from_opener;
	struct policy_recent *recent = NULL;
	struct policy_flow *flow;

	if (!control || !mark)
		return;
	if (policy_is_steady(packet))
		recent = policy_recent_find(packet, skb->ifindex, POLICY_INGRESS, control->epoch);
	if (recent) {
		recent->mark = mark;
		return;
	}
	flow = policy_flow_find(packet, policy_clock(), &from_opener);
	if (flow)
		policy_flow_mark(flow, mark);
}

#endif
