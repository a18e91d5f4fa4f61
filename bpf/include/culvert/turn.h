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
#define PACKET_NOTE_BITS 2 /* above: index of the interface that it is handed to, where that is not skb->ifindex */

/* Beside that, for events: PACKET_* of its header below its protocol, why it is dropped, and where it is. */
#define PACKET_SIGNS 1
#define PACKET_SIGNS_PROTOCOL 8 /* from this bit on */
#define PACKET_REASON 2
#define PACKET_MARK 2 /* before that: what policy_recall() says; 0 once flows is known to have an entry of it */
#define PACKET_HOOK 3 /* EVENT_AT_* of layout_event.h */
#define PACKET_TOLD (1u << 8) /* there as well: an event has told of it at this hook */
#define PACKET_MOVED (1u << 9) /* and so is this: a flow translated it at this hook */
#define PACKET_DIRECT (1u << 10) /* and this: flows was asked, and has no entry of it */
#define PACKET_ROUTED (1u << 11) /* and this: a flow with FLOW_ROUTED did that */

/* What policies say of it. */
#define PACKET_VERDICT 4
#define PACKET_RULE 0x3fffffu      /* number of the rule that allows it; 0: none */
#define PACKET_BEGINS (1u << 22)  /* it opens a connection */
#define PACKET_AUDITED (1u << 23) /* it would have been dropped without audit mode */

/*
 * For accesses to cb of which several are in one function: the compiler may else keep the address of a word of it, and the
 * verifier takes no other pointer into the context than its begin.
 */
static __always_inline struct __sk_buff *packet_context(struct __sk_buff *skb)
{
	asm volatile("" : "+r"(skb));
	return skb;
}

/* First of all: nothing is known of a packet yet. hook: EVENT_AT_* */
static __always_inline void packet_begin(struct __sk_buff *skb, __u32 hook)
{
	skb->cb[PACKET_NOTE] = PACKET_PLAIN;
	skb->cb[PACKET_SIGNS] = 0;
	skb->cb[PACKET_HOOK] = hook;
}

/* The interface whose hook a packet is at. */
static __always_inline __u32 packet_interface(const struct __sk_buff *skb)
{
	__u32 ahead = (__u32)skb->cb[PACKET_NOTE] >> PACKET_NOTE_BITS;

	return ahead ? ahead : skb->ifindex;
}

/* Notes that flows has no entry of a packet. */
static __always_inline void packet_is_direct(struct __sk_buff *skb)
{
	packet_context(skb)->cb[PACKET_HOOK] |= PACKET_DIRECT;
}

static __always_inline void packet_sign(struct __sk_buff *skb, const struct packet *packet)
{
	skb->cb[PACKET_SIGNS] = packet->signals | (__u32)packet->protocol << PACKET_SIGNS_PROTOCOL;
}

static __always_inline int packet_drop(struct __sk_buff *skb, enum drop_reason reason)
{
	packet_context(skb)->cb[PACKET_REASON] = reason;
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
