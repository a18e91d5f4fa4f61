/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Services for clients outside of the node, and for what this node sends. Both programs are attached to the devices of
 * the node: net_ingress to what comes in, net_egress to what goes out.
 */
#include "culvert/egress.h"
#include "culvert/event_trace.h"
#include "culvert/ingress.h"

SEC("tc")
int net_ingress(struct __sk_buff *skb)
{
	/* Frames for others, which a promiscuous device sees, are not ours to answer. */
	if (skb->pkt_type == PACKET_TYPE_OTHER_HOST)
		return PACKET_PASS;
	packet_begin(skb, EVENT_AT_FROM_NETWORK);
	return event_end(skb, ingress(skb));
}

SEC("tc")
int net_egress(struct __sk_buff *skb)
{
	packet_begin(skb, EVENT_AT_TO_NETWORK);
	return event_end(skb, egress(skb));
}

char _license[] SEC("license") = "Dual BSD/GPL";
