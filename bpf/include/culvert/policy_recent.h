/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What passed a moment ago at an interface, where a connection alone does not say that a packet passes: its pod is held to no
 * policies, and has none, or unknown pods are told from others. A packet in the middle of an established TCP connection depends
 * on nothing but the epoch, so that neither pod nor connection need be looked up for each.
 */
#ifndef CULVERT_POLICY_RECENT_H
#define CULVERT_POLICY_RECENT_H

#include "flow_mark.h"
#include "maps_policy.h"
#include "packet.h"
#include "turn.h"

/* 0.1 to 1 second, by the kernel's configuration. The connection is marked as seen at least that often. */
#define POLICY_RECENT_JIFFIES 100

/* Neither opens, nor accepts, nor ends anything. */
static __always_inline bool policy_is_steady(const struct packet *packet)
{
	return packet->protocol == IPPROTO_TCP && packet->signals == PACKET_PROCEED && !packet->fragment;
}

static __always_inline struct policy_recent *policy_recent_place(const struct packet *packet, __u32 ifindex)
{
	__u32 mixed = packet->source.word[3] ^ (packet->destination.word[3] << 7 | packet->destination.word[3] >> 25) ^
		      ((__u32)packet->source_port << 16 | packet->destination_port) ^ ifindex << 20;
	__u32 index = (mixed * 0x9e3779b1u) >> (32 - POLICY_RECENT_BITS);

	return bpf_map_lookup_elem(&policy_recent, &index);
}

/* What is known of a steady packet at a hook, or null. */
static __always_inline struct policy_recent *policy_recent_find(const struct packet *packet, __u32 ifindex,
								__u32 direction, __u32 epoch)
{
	struct policy_recent *recent = policy_recent_place(packet, ifindex);

	if (!recent || recent->epoch != epoch || recent->ifindex != ifindex || recent->direction != direction ||
	    recent->source_port != packet->source_port || recent->destination_port != packet->destination_port ||
	    !ip_equal(&recent->source, &packet->source) || !ip_equal(&recent->destination, &packet->destination) ||
	    bpf_jiffies64() - recent->jiffies > POLICY_RECENT_JIFFIES)
		return NULL;
	return recent;
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

/* Notes a steady packet whose connection was just looked up and passes. mark: policy_mark() */
static __always_inline void policy_recent_note(const struct packet *packet, __u32 ifindex, __u32 direction,
					       __u32 epoch, __u32 rule, __u32 mark)
{
	struct policy_recent *recent = policy_recent_place(packet, ifindex);

	if (!recent)
		return;
	recent->source = packet->source;
	recent->destination = packet->destination;
	recent->source_port = packet->source_port;
	recent->destination_port = packet->destination_port;
	recent->ifindex = ifindex;
	recent->direction = direction;
	recent->epoch = epoch;
	recent->rule = rule;
	recent->mark = mark;
	recent->jiffies = bpf_jiffies64();
}

#endif
