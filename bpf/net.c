/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Services for clients outside of the node. Both programs are attached to the devices of the node: net_ingress to what
 * comes in, net_egress to what goes out.
 */
#include "culvert/connect.h"

SEC("tc")
int net_ingress(struct __sk_buff *skb)
{
	return skb ? PACKET_PASS : TC_ACT_SHOT;
}

SEC("tc")
int net_egress(struct __sk_buff *skb)
{
	return skb ? PACKET_PASS : TC_ACT_SHOT;
}

char _license[] SEC("license") = "Dual BSD/GPL";
