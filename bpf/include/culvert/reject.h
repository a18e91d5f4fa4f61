/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whether a packet that no backend can take may be answered: never more often than the budget allows, and never to a
 * source that is no single host (services that answer those can be used against others).
 */
#ifndef CULVERT_REJECT_H
#define CULVERT_REJECT_H

#include "config.h"
#include "event.h"
#include "flow.h"
#include "ranges.h"
#include "reject_icmp.h"
#include "reject_tcp.h"
#include "turn.h"

#define PACKET_TYPE_BROADCAST 1 /* PACKET_BROADCAST and others of linux/if_packet.h */
#define PACKET_TYPE_MULTICAST 2

/* A bucket of at most one second of time; an answer takes its share of a second out of it. */
static __always_inline bool reject_is_in_budget(void)
{
	__u32 zero = 0;
	struct token_bucket *bucket = bpf_map_lookup_elem(&reject_bucket, &zero);
	__u64 now = flow_clock(), cost, tokens;

	if (!bucket || !config_reject_rate)
		return false;
	cost = NANOSECONDS / config_reject_rate;
	tokens = bucket->tokens + (now - bucket->refilled);
	if (tokens > NANOSECONDS)
		tokens = NANOSECONDS;
	bucket->refilled = now;
	bucket->tokens = tokens < cost ? tokens : tokens - cost;
	return tokens >= cost;
}

static __always_inline bool reject_may_answer(const struct __sk_buff *skb, const struct packet *packet)
{
	return skb->pkt_type != PACKET_TYPE_BROADCAST && skb->pkt_type != PACKET_TYPE_MULTICAST &&
	       packet_is_of_host(packet);
}

/* Answers the client as a closed port would. to: see packet_turn(). */
__noinline int packet_answer(struct __sk_buff *skb, const struct packet *packet, __u64 to)
{
	long error;

	if (!packet)
		return TC_ACT_SHOT;
	/* A RST that is made of a fragment would be one, too. */
	if (packet->protocol == IPPROTO_TCP && !packet->fragment)
		error = reject_with_reset(skb, packet);
	else if (packet->v4)
		error = reject_with_icmp4(skb, packet, 0);
	else
		error = reject_with_icmp6(skb, packet, 0);
	return error ? TC_ACT_SHOT : packet_turn(skb, to);
}

/* Why a packet is not answered, or 0. */
static __noinline int reject_silently(struct __sk_buff *skb, const struct packet *packet)
{
	if (!reject_may_answer(skb, packet))
		return DROP_INVALID_PACKET;
	return reject_is_in_budget() ? 0 : DROP_REJECT_RATE_LIMITED;
}

/* Counts a packet, tells of it while it is what it was, and answers it. Inline: the stack has no room for another frame. */
static __always_inline int packet_reject(struct __sk_buff *skb, const struct packet *packet, int reason, __u64 to)
{
	int silent = reject_silently(skb, packet);

	if (silent)
		return packet_drop(skb, silent);
	drop_count(reason, packet_length(skb));
	if (event_level() != EVENTS_OFF)
		event_packet(skb, packet, EVENT_WHAT(EVENT_DROP, EVENT_DROPPED, reason) | EVENT_REFUSED, 0, 0);
	return packet_answer(skb, packet, to);
}

/* What becomes of a packet that may open a connection but whose destination is no frontend, or of a lost fragment. */
__noinline int packet_without_frontend(struct __sk_buff *skb, const struct packet *packet, __u64 to)
{
	if (!packet)
		return TC_ACT_SHOT;
	switch (cluster_ip_result(&packet->destination)) {
	case CLUSTER_IP_KNOWN:
		if (packet->fragment == FRAGMENT_LATER)
			return packet_drop(skb, DROP_FRAGMENT_NOT_FOUND);
		return packet_reject(skb, packet, DROP_NO_BACKEND, to);
	case CLUSTER_IP_UNALLOCATED:
		return packet_drop(skb, DROP_UNALLOCATED);
	}
	return PACKET_PASS;
}

#endif
