/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What ICMP messages are to policies. */
#ifndef CULVERT_POLICY_ICMP_H
#define CULVERT_POLICY_ICMP_H

#include "icmp_quote.h"

#define ICMPV6_MLD_QUERY 130 /* to ICMPV6_REDIRECT: multicast listener discovery (RFC 2710), neighbour discovery */
#define ICMPV6_MLD2_REPORT 143

enum policy_message {
	POLICY_MESSAGE_NONE,      /* another protocol */
	POLICY_MESSAGE_OTHER,     /* opens what it asks for, as a datagram does */
	POLICY_MESSAGE_NEIGHBOUR, /* without these no address works: always passes */
	POLICY_MESSAGE_ERROR,     /* about another packet */
	POLICY_MESSAGE_ECHO,      /* keyed by its id, as both ports */
	POLICY_MESSAGE_ECHO_REPLY,
};

static __always_inline enum policy_message policy_message4(__u8 type)
{
	switch (type) {
	case ICMP_ECHO_REPLY:
		return POLICY_MESSAGE_ECHO_REPLY;
	case ICMP_ECHO_REQUEST:
		return POLICY_MESSAGE_ECHO;
	case ICMP_DEST_UNREACH:
	case ICMP_SOURCE_QUENCH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		return POLICY_MESSAGE_ERROR;
	}
	return POLICY_MESSAGE_OTHER;
}

static __always_inline enum policy_message policy_message6(__u8 type)
{
	if (type == ICMPV6_MLD2_REPORT || (type >= ICMPV6_MLD_QUERY && type <= ICMPV6_REDIRECT))
		return POLICY_MESSAGE_NEIGHBOUR;
	if (type < ICMPV6_ECHO_REQUEST)
		return POLICY_MESSAGE_ERROR;
	return type == ICMPV6_ECHO_REQUEST ? POLICY_MESSAGE_ECHO :
	       type == ICMPV6_ECHO_ANSWER  ? POLICY_MESSAGE_ECHO_REPLY :
					     POLICY_MESSAGE_OTHER;
}

/*
 * What a packet without ports is; an echo is given its id as both ports. Neighbour discovery is never in fragments
 * (RFC 6980).
 */
static __noinline int policy_message(struct __sk_buff *skb, struct packet *packet)
{
	enum policy_message message;
	struct icmp_echo echo;

	if (packet->protocol != (packet->v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6))
		return POLICY_MESSAGE_NONE;
	if (bpf_skb_load_bytes(skb, packet->l4_offset, &echo, sizeof(echo)))
		return POLICY_MESSAGE_OTHER;
	message = packet->v4 ? policy_message4(echo.type) : policy_message6(echo.type);
	if (message == POLICY_MESSAGE_ECHO || message == POLICY_MESSAGE_ECHO_REPLY) {
		packet->source_port = echo.id;
		packet->destination_port = echo.id;
	} else if (packet->fragment) {
		return POLICY_MESSAGE_OTHER;
	}
	return message;
}

#endif
