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

/* Of TCP that goes on: whether it is asked nothing new at this hook, as in policy_is_known(). Counts it then. */
static __always_inline bool policy_flow_passes(struct __sk_buff *skb, const struct packet *packet, struct policy_flow *flow,
					       bool from_opener, __u32 direction, __u32 epoch, __u64 now)
{
	struct policy_side *side = &flow->sides[(from_opener ? direction : !direction) & 1];
	__u32 rule = from_opener ? side->rule : 0;

	if (side->epoch != epoch)
		return false;
	policy_flow_note(flow, policy_flow_shown(packet, from_opener), now);
	policy_count(skb, rule);
	policy_recent_note(packet, 0, from_opener, flow);
	return true;
}

/* Lets a SYN pass as one that its pod was asked about. rule: that allowed it, or 0 */
static __always_inline __u32 policy_reopened(struct __sk_buff *skb, __u32 rule)
{
	policy_count(skb, rule);
	skb->cb[PACKET_VERDICT] = PACKET_BEGINS | (rule & PACKET_RULE);
	return POLICY_SETTLED;
}

/*
 * Opens a connection once more, if its last entry says that the pod was asked about it at this epoch: the answer would be the
 * same, however long ago that was. Audit mode wants to be told of each.
 */
static __always_inline bool policy_reopen(const struct packet *packet, struct policy_flow *flow, __u32 direction, __u32 epoch)
{
	if (flow->sides[direction & 1].epoch != epoch || flow->state & POLICY_FLOW_AUDITED)
		return false;
	flow->state &= POLICY_FLOW_OPENER_HIGH;
	flow->last_seen = flow_clock();
	policy_recent_note(packet, 0, true, flow);
	return true;
}

/* The epoch at which a packet may be known, or 0. Where no policy selects a pod, there is nothing to remember. */
static __always_inline __u32 policy_recall_epoch(const struct policy_control *control, const struct packet *packet)
{
	if (!control || !(control->flags & POLICY_ENFORCED) || packet->protocol != IPPROTO_TCP || packet->fragment)
		return 0;
	return *(volatile __u32 *)&control->epoch;
}

/* What this node sends is not asked. */
static __always_inline bool policy_is_of_host(const struct __sk_buff *skb, __u32 direction)
{
	return direction == POLICY_INGRESS && !skb->ingress_ifindex;
}

/* Of a SYN that nothing translates where a pod sends it: as policy_recall(). What passes is to be told, by policy_tell(). */
static __noinline __u32 policy_recall_open(struct __sk_buff *skb, const struct packet *packet, __u32 direction)
{
	struct policy_control *control = policy_state();
	__u32 epoch = policy_recall_epoch(control, packet), from_opener = 0, mark, known, rule;
	struct policy_recent *recent;
	struct policy_flow *flow;
	bool brief;

	if (!epoch)
		return 0;
	mark = flow_mark(packet);
	brief = event_level() < EVENTS_LOW && !policy_is_of_host(skb, direction) && !(control->flags & POLICY_STRICT);
	recent = brief ? policy_recent_at(packet, 0, direction, epoch, &rule) : NULL;
	if (recent && recent->mark == mark)
		return policy_reopened(skb, rule);
	flow = policy_flow_last(packet, &from_opener);
	/* Who asks for a connection to no frontend is not looked for in flows where a pod sends it. */
	known = direction == POLICY_INGRESS || flow_mark_is_first(mark) ? mark : 0;
	if (!flow)
		return known | POLICY_STRANGER;
	return from_opener && flow->mark == mark && brief && policy_reopen(packet, flow, direction, epoch) ?
		       policy_reopened(skb, flow->sides[direction & 1].rule) :
		       known;
}

/*
 * What is known of a packet at a hook, before anything else is asked: POLICY_SETTLED if it passes as it is. Else its
 * flow_mark(), beside POLICY_STRANGER, or 0 where that is not known yet.
 */
static __noinline __u32 policy_recall(struct __sk_buff *skb, const struct packet *packet, __u32 direction)
{
	struct policy_control *control = policy_state();
	__u32 epoch = policy_recall_epoch(control, packet), from_opener = 0, mark, rule;
	struct policy_recent *recent;
	struct policy_flow *flow;
	__u64 now;

	if (!epoch)
		return flow_mark(packet);
	/* Whether a pod dials a Service is to be known before its policies are asked. */
	if (packet->signals & PACKET_OPEN)
		return direction == POLICY_INGRESS ? policy_recall_open(skb, packet, direction) : 0;
	mark = flow_mark(packet);
	if (event_level() >= EVENTS_LOW || policy_is_of_host(skb, direction))
		return mark;
	recent = policy_recent_find(packet, skb->ifindex, direction, epoch, control->flags, &rule);
	if (recent) {
		if (recent->mark != mark)
			return mark;
		policy_count(skb, rule);
		return POLICY_SETTLED;
	}
	/* Unknown pods are told from others. */
	if (control->flags & POLICY_STRICT)
		return mark;
	now = flow_clock();
	flow = policy_flow_find(packet, now, &from_opener);
	if (!flow)
		return mark | POLICY_STRANGER;
	return flow->mark == mark && policy_flow_passes(skb, packet, flow, from_opener, direction, epoch, now) ?
		       POLICY_SETTLED :
		       mark;
}

/* Remembers a packet which policies have let pass at the hook of a pod that receives it, unless a flow may translate it. */
static __noinline void policy_settle(struct __sk_buff *skb, const struct packet *packet)
{
	struct policy_control *control = policy_state();
	__u32 mark = skb->cb[PACKET_MARK] & ~POLICY_STRANGER, from_opener, rule;
	struct policy_recent *recent;
	struct policy_flow *flow;

	if (!control || !mark || !policy_is_tcp(packet))
		return;
	recent = policy_recent_find(packet, skb->ifindex, POLICY_INGRESS, control->epoch, control->flags, &rule);
	if (recent)
		recent->mark = mark;
	if (recent && policy_is_steady(packet))
		return;
	flow = policy_flow_find(packet, flow_clock(), &from_opener);
	if (flow)
		policy_flow_mark(flow, mark);
}

#endif
