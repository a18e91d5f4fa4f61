/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* At the end of a program: which packets are told of, by the level that was asked for. */
#ifndef CULVERT_EVENT_TRACE_H
#define CULVERT_EVENT_TRACE_H

#include "event.h"

/* Whether another of our programs on this node has seen the packet before. */
static __always_inline bool event_was_seen(struct __sk_buff *skb, __u32 hook)
{
	struct device_key key = { .ifindex = skb->ingress_ifindex };
	struct device *device;

	if (!key.ifindex || hook == EVENT_AT_FROM_POD || hook == EVENT_AT_FROM_NETWORK)
		return false;
	if (hook == EVENT_AT_TO_NETWORK)
		return true;
	device = bpf_map_lookup_elem(&devices, &key);
	return device && device->flags & DEVICE_PODS;
}

/*
 * Whether packets of what has no handshake are told of now: the first, and then one in each moment. By a number made of their
 * ends, so that two that collide may be told of more often, and hardly ever less.
 */
static __always_inline bool event_recurs(__u32 number, __u32 hook)
{
	__u32 tag = number ^ hook << 29, index = tag & ((1 << EVENT_RECENT_BITS) - 1);
	__u32 moment = (bpf_ktime_get_coarse_ns() >> EVENT_RECENT_SHIFT) + 1;
	struct event_recent *recent = bpf_map_lookup_elem(&event_recent, &index);

	if (!recent || (recent->tag == tag && recent->moment == moment))
		return false;
	recent->tag = tag;
	recent->moment = moment;
	return true;
}

/* What of a connection with a handshake is worth telling: PACKET_*. */
static __always_inline __u32 event_signals(__u32 level)
{
	return PACKET_OPEN | PACKET_CLOSE | PACKET_RESET | (level == EVENTS_MAXIMUM ? 0 : PACKET_ACCEPT);
}

static __always_inline bool event_is_due(struct __sk_buff *skb, __u32 hook, __u32 level)
{
	__u32 signs = skb->cb[PACKET_SIGNS], protocol = signs >> PACKET_SIGNS_PROTOCOL;
	bool handshake = protocol == IPPROTO_TCP || protocol == IPPROTO_SCTP;

	if (!protocol || skb->cb[PACKET_HOOK] & PACKET_TOLD)
		return false;
	if (level == EVENTS_NONE)
		return true;
	if (level != EVENTS_LOW && handshake && !(signs & event_signals(level)))
		return false;
	/* Who translates the end of a connection tells of it, whoever has seen the packet before. */
	if (signs & (PACKET_CLOSE | PACKET_RESET) && skb->cb[PACKET_HOOK] & PACKET_MOVED)
		return true;
	return !event_was_seen(skb, hook) &&
	       (level == EVENTS_LOW || handshake || event_recurs(bpf_get_hash_recalc(skb), hook));
}

/*
 * Whether what a packet shows is worth an event. Devices of the node carry much that is none of ours. What a client ends is
 * told once, by its socket where that knows of it. At the highest aggregation only the last of the packets that end a
 * connection counts, and so it does where another program has told of the packet before: that may have been before the
 * connection's own program saw it.
 */
static __noinline bool event_is_wanted(struct __sk_buff *skb, const struct packet *packet, __u32 hook, __u32 level)
{
	bool end = packet->signals & (PACKET_CLOSE | PACKET_RESET) &&
		   (level == EVENTS_MAXIMUM || (level != EVENTS_NONE && event_was_seen(skb, hook)));
	struct flow *flow;

	if (level == EVENTS_MEDIUM && packet->signals & (PACKET_CLOSE | PACKET_RESET) && event_ends_with_socket(skb, packet))
		return false;
	if (hook < EVENT_AT_FROM_NETWORK && !end)
		return true;
	flow = event_flow(skb, packet);
	return flow && (!end || event_is_end(flow, packet));
}

/* Verified once, by itself. */
__noinline int event_tell(struct __sk_buff *skb, int verdict)
{
	__u32 level = event_level(), hook = skb->cb[PACKET_HOOK] & 0xff;
	bool dropped = verdict == TC_ACT_SHOT;
	__u32 what = EVENT_WHAT(EVENT_TRACE, EVENT_FORWARDED, 0);
	struct packet packet = {};

	if (!dropped && !event_is_due(skb, hook, level))
		return 0;
	if (packet_parse(skb, &packet) == PARSE_FOREIGN && !dropped)
		return 0;
	if (dropped)
		what = EVENT_WHAT(EVENT_DROP, EVENT_DROPPED, skb->cb[PACKET_REASON] & 0xff);
	else if (!event_is_wanted(skb, &packet, hook, level))
		return 0;
	return event_packet(skb, &packet, what, 0, 0);
}

/* Most packets: in the middle of a TCP connection. Nothing is told of them below EVENTS_LOW. */
static __always_inline bool event_is_plain(const struct __sk_buff *skb)
{
	return skb->cb[PACKET_SIGNS] == (PACKET_PROCEED | IPPROTO_TCP << PACKET_SIGNS_PROTOCOL);
}

/* The end of a program, which returns verdict. */
static __always_inline int event_end(struct __sk_buff *skb, int verdict)
{
	__u32 level = event_level();

	if (level != EVENTS_OFF && (level >= EVENTS_LOW || verdict == TC_ACT_SHOT || !event_is_plain(packet_context(skb))))
		event_tell(skb, verdict);
	return verdict;
}

/* The same where another program on this node has seen the packet before: what is worth telling of it, that one has told. */
static __always_inline int event_end_seen(struct __sk_buff *skb, int verdict)
{
	if (verdict == TC_ACT_SHOT || skb->cb[PACKET_HOOK] & PACKET_MOVED || event_level() == EVENTS_NONE)
		return event_end(skb, verdict);
	return verdict;
}

#endif
