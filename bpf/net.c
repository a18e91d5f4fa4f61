/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Services for clients outside of the node, and for what this node sends. Both programs are attached to the devices of
 * the node: net_ingress to what comes in, net_egress to what goes out.
 */
#include "culvert/dsr_arrive.h"
#include "culvert/egress.h"
#include "culvert/event_trace.h"
#include "culvert/forward.h"

static const bool takes_clients_outside = true;

/* In a frame of its own, because there is not enough of the stack for this and dsr_arrive(). */
static __noinline int net_packet(struct __sk_buff *skb)
{
	struct packet packet = {};

	return ingress(skb, &packet, packet_parse(skb, &packet), 0);
}

SEC("tc")
int net_ingress(struct __sk_buff *skb)
{
	int verdict;

	/* Frames for others, which a promiscuous device sees, are not ours to answer. */
	if (skb->pkt_type == PACKET_TYPE_OTHER_HOST)
		return PACKET_PASS;
	packet_begin(skb, EVENT_AT_FROM_NETWORK);
	verdict = dsr_may_arrive(skb) ? dsr_arrive(skb) : DSR_NOT_OURS;
	verdict = event_end(skb, verdict == DSR_NOT_OURS ? net_packet(skb) : verdict);
	return verdict == PACKET_PASS && skb->cb[PACKET_HOOK] & PACKET_ROUTED ? forward_send(skb) : verdict;
}

SEC("tc")
int net_egress(struct __sk_buff *skb)
{
	struct packet packet = {};

	packet_begin(skb, EVENT_AT_TO_NETWORK);
	return event_end(skb, egress(skb, &packet, packet_parse(skb, &packet), 0));
}

char _license[] SEC("license") = "Dual BSD/GPL";
