/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sends a packet back where it came from. */
#ifndef CULVERT_TURN_H
#define CULVERT_TURN_H

#include <stddef.h>

#include <linux/if_ether.h>
#include <linux/pkt_cls.h>

#include "drop.h"
#include "parse.h"

/* The rest of the stack, and programs attached after this one, see the packet as if it had been sent this way. */
#define PACKET_PASS TC_ACT_UNSPEC

/* What translation tells of a packet in skb->cb, to whoever set that to PACKET_PLAIN before. */
#define PACKET_NOTE 0
#define PACKET_PLAIN 0
#define PACKET_TO_ITSELF 1 /* of a pod that reaches itself through a Service, and turned round to it */
#define PACKET_REPLY 2     /* to such a pod or to this node, from the Service's address by now */

static __always_inline int packet_drop(const struct __sk_buff *skb, enum drop_reason reason)
{
	drop_count(reason, packet_length(skb));
	return TC_ACT_SHOT;
}

/* to: 0 for what came in by the interface, BPF_F_INGRESS for what this node is about to send out of it. */
static __always_inline int packet_turn(struct __sk_buff *skb, __u64 to)
{
	__u8 macs[2 * ETH_ALEN], swapped[2 * ETH_ALEN];

	if (bpf_skb_load_bytes(skb, 0, macs, sizeof(macs)))
		return packet_drop(skb, DROP_INVALID_PACKET);
	__builtin_memcpy(swapped, macs + ETH_ALEN, ETH_ALEN);
	__builtin_memcpy(swapped + ETH_ALEN, macs, ETH_ALEN);
	if (bpf_skb_store_bytes(skb, 0, swapped, sizeof(swapped), 0))
		return packet_drop(skb, DROP_WRITE_ERROR);
	return bpf_redirect(skb->ifindex, to);
}

#endif
