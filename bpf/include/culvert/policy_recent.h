/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What passed a moment ago. A packet of a TCP connection that is known depends on nothing but the epoch, so that neither
 * its pod nor its connection need be looked up at each hook that it passes: these lookups are most of what such a packet costs.
 */
#ifndef CULVERT_POLICY_RECENT_H
#define CULVERT_POLICY_RECENT_H

#include "flow_mark.h"
#include "maps_policy.h"
#include "packet.h"
#include "policy_flow.h"
#include "turn.h"

/* 0.1 to 1 second, by the kernel's configuration. The connection is marked as seen at least that often. */
#define POLICY_RECENT_JIFFIES 100

/* Neither opens, nor accepts, nor ends anything. */
static __always_inline bool policy_is_steady(const struct packet *packet)
{
	return packet->protocol == IPPROTO_TCP && packet->signals == PACKET_PROCEED && !packet->fragment;
}

/* What may be remembered. */
static __always_inline bool policy_is_tcp(const struct packet *packet)
{
	return packet->protocol == IPPROTO_TCP && !packet->fragment;
}

/* Both directions have one. */
static __always_inline struct policy_recent *policy_recent_place(const struct packet *packet, __u32 ifindex)
{
	__u32 mixed = (packet->source.word[3] + packet->destination.word[3]) ^
		      ((__u32)packet->source_port + packet->destination_port) << 15 ^ ifindex << 20;
	__u32 index = (mixed * 0x9e3779b1u) >> (32 - POLICY_RECENT_BITS);

	return bpf_map_lookup_elem(&policy_recent, &index);
}

static __always_inline bool policy_recent_is_from_opener(const struct policy_recent *recent, const struct packet *packet)
{
	return recent->opener_port == packet->source_port && recent->target_port == packet->destination_port &&
	       ip_equal(&recent->opener, &packet->source) && ip_equal(&recent->target, &packet->destination);
}

static __always_inline bool policy_recent_is_from_target(const struct policy_recent *recent, const struct packet *packet)
{
	return recent->target_port == packet->source_port && recent->opener_port == packet->destination_port &&
	       ip_equal(&recent->target, &packet->source) && ip_equal(&recent->opener, &packet->destination);
}

/*
 * Whether a packet shows nothing new of its connection. Its end, and a SYN that begins it once more, are known only from the
 * hook that the same packet has just passed: what is older may be of another connection with the same ends.
 */
static __always_inline bool policy_recent_knows(const struct policy_recent *recent, const struct packet *packet,
						bool from_opener)
{
	__u64 age = bpf_jiffies64() - recent->jiffies;

	if (packet->signals & PACKET_OPEN)
		return !age && from_opener && !(recent->state & ~POLICY_FLOW_OPENER_HIGH);
	return age <= (packet->signals & (PACKET_CLOSE | PACKET_RESET) ? 0 : POLICY_RECENT_JIFFIES) &&
	       !(policy_flow_shown(packet, from_opener) & ~recent->state);
}

/* What is remembered under one number. rule: is told which one counts the packet, or 0 */
static __always_inline struct policy_recent *policy_recent_at(const struct packet *packet, __u32 ifindex,
							      __u32 direction, __u32 epoch, __u32 *rule)
{
	struct policy_recent *recent = policy_recent_place(packet, ifindex);
	struct policy_side *side;
	bool from_opener;

	if (!recent || recent->ifindex != ifindex)
		return NULL;
	from_opener = policy_recent_is_from_opener(recent, packet);
	if (!from_opener && !policy_recent_is_from_target(recent, packet))
		return NULL;
	side = &recent->sides[(from_opener ? direction : !direction) & 1];
	if (side->epoch != epoch || !policy_recent_knows(recent, packet, from_opener))
		return NULL;
	*rule = from_opener ? side->rule : 0;
	return recent;
}

/*
 * By what a packet of policy_is_tcp() passes at the hook of a pod's interface, or null: by its connection, unless unknown pods
 * are to be told from others, or by what was found at this very interface.
 */
static __always_inline struct policy_recent *policy_recent_find(const struct packet *packet, __u32 ifindex, __u32 direction,
								__u32 epoch, __u32 flags, __u32 *rule)
{
	struct policy_recent *recent = NULL;

	if (!(flags & POLICY_STRICT))
		recent = policy_recent_at(packet, 0, direction, epoch, rule);
	return recent ? recent : policy_recent_at(packet, ifindex, direction, epoch, rule);
}

/* Beside a mark in PACKET_MARK: policy_flows has no entry of the packet either. */
#define POLICY_STRANGER FLOW_MARK_FREE

/*
 * What a packet may be remembered with while policies are asked, or 0. Whether flows has no entry of what a pod sends is known
 * before that; of what it receives only after, unless there never was one.
 */
static __always_inline __u32 policy_mark(const struct __sk_buff *skb, __u32 direction)
{
	__u32 mark = skb->cb[PACKET_MARK] & ~POLICY_STRANGER;

	return direction == POLICY_EGRESS || flow_mark_is_first(mark) ? mark : 0;
}

/* Counts a packet in the direction that a rule is about. */
static __always_inline void policy_count(const struct __sk_buff *skb, __u32 rule)
{
	if (rule)
		packet_count(bpf_map_lookup_elem(&rule_counters, &rule), packet_length(skb));
}

/* The place of a packet's connection, with its ends in it; what is known of it is to follow. */
static __always_inline struct policy_recent *policy_recent_begin(const struct packet *packet, __u32 ifindex, bool from_opener)
{
	struct policy_recent *recent = policy_recent_place(packet, ifindex);

	if (!recent)
		return NULL;
	recent->opener = from_opener ? packet->source : packet->destination;
	recent->target = from_opener ? packet->destination : packet->source;
	recent->opener_port = from_opener ? packet->source_port : packet->destination_port;
	recent->target_port = from_opener ? packet->destination_port : packet->source_port;
	recent->ifindex = ifindex;
	recent->jiffies = bpf_jiffies64();
	return recent;
}

/* Notes the connection of a packet, which was just looked up and passes. ifindex: where that holds, or 0 */
static __always_inline struct policy_recent *policy_recent_note(const struct packet *packet, __u32 ifindex, bool from_opener,
								const struct policy_flow *flow)
{
	struct policy_recent *recent = policy_recent_begin(packet, ifindex, from_opener);

	if (!recent)
		return NULL;
	recent->sides[POLICY_EGRESS] = flow->sides[POLICY_EGRESS];
	recent->sides[POLICY_INGRESS] = flow->sides[POLICY_INGRESS];
	recent->state = flow->state;
	recent->mark = flow->mark;
	return recent;
}

/* Notes that a pod is held to no policies: the next packets of the connection of a steady one pass there, too. */
static __always_inline void policy_recent_note_free(const struct packet *packet, __u32 ifindex, __u32 epoch, __u32 mark)
{
	struct policy_recent *recent = policy_recent_begin(packet, ifindex, true);

	if (!recent)
		return;
	recent->sides[POLICY_EGRESS] = (struct policy_side){ .epoch = epoch };
	recent->sides[POLICY_INGRESS] = (struct policy_side){ .epoch = epoch };
	recent->state = ~0u;
	recent->mark = mark;
}

#endif
