/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Events of policies: what they said of a connection, by which rule, and whose labels both ends have. */
#ifndef CULVERT_POLICY_EVENT_H
#define CULVERT_POLICY_EVENT_H

#include "event_trace.h"
#include "policy_pod.h"

/* A verdict is the drop reason with the number of the rule above it. */
#define POLICY_REASON_BITS 8

static __always_inline int policy_verdict(int reason, __u32 rule)
{
	return reason | (rule & PACKET_RULE) << POLICY_REASON_BITS;
}

static __always_inline int policy_reason(int verdict)
{
	return verdict & ((1 << POLICY_REASON_BITS) - 1);
}

static __always_inline __u32 policy_event_identity(const struct ip *address, __u32 side)
{
	struct address_key key = { .address = *address };
	struct ipcache_entry *pod = bpf_map_lookup_elem(&ipcache, &key);

	return pod ? pod->identity[side & 1] : 0;
}

/* The number of the rule that denies; 0: none, or not counted. */
static __always_inline __u32 policy_rule_of(int verdict)
{
	return (__u32)verdict >> POLICY_REASON_BITS;
}

/* Counts a packet by the rule that decides about it. */
static __always_inline void policy_count(const struct __sk_buff *skb, __u32 rule)
{
	if (rule)
		packet_count(bpf_map_lookup_elem(&rule_counters, &rule), packet_length(skb));
}

/* what: EVENT_WHAT() */
__noinline int policy_event(struct __sk_buff *skb, const struct packet *packet, __u32 what, __u32 rule)
{
	struct policy_control *control = policy_state();
	__u32 side = control ? control->epoch & 1 : 0;
	__u64 identities;

	if (!packet)
		return 0;
	identities = policy_event_identity(&packet->source, side) |
		     (__u64)policy_event_identity(&packet->destination, side) << 32;
	return event_packet(skb, packet, what, rule, identities);
}

/* Of a packet that passes: whether it begins a connection, or is let through by audit mode alone. */
static __always_inline void policy_tell(struct __sk_buff *skb, const struct packet *packet)
{
	__u32 verdict = skb->cb[PACKET_VERDICT], what = EVENT_WHAT(EVENT_VERDICT, EVENT_FORWARDED, 0);

	if (!verdict || event_level() == EVENTS_OFF)
		return;
	if (verdict & PACKET_AUDITED)
		what = EVENT_WHAT(EVENT_VERDICT, EVENT_AUDIT, DROP_POLICY_AUDIT);
	policy_event(skb, packet, what, verdict & PACKET_RULE);
}

/* Rare: what policies drop. verdict: policy_verdict() */
__noinline int policy_tell_drop(struct __sk_buff *skb, int verdict)
{
	__u32 reason = policy_reason(verdict);
	bool ruled = reason == DROP_POLICY_DENIED || reason == DROP_POLICY_DENY;
	struct packet packet = {};

	packet_parse(skb, &packet);
	return policy_event(skb, &packet, EVENT_WHAT(ruled ? EVENT_VERDICT : EVENT_DROP, EVENT_DROPPED, reason),
			    policy_rule_of(verdict));
}

/* Drops a packet. verdict: policy_verdict() */
static __always_inline int policy_drop(struct __sk_buff *skb, int verdict)
{
	policy_count(skb, policy_rule_of(verdict));
	if (event_level() != EVENTS_OFF)
		policy_tell_drop(skb, verdict);
	return packet_drop(skb, policy_reason(verdict));
}

#endif
