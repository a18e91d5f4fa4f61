/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Kinds of ICMP messages, and the packet that an error quotes. */
#ifndef CULVERT_ICMP_QUOTE_H
#define CULVERT_ICMP_QUOTE_H

#include "parse.h"

/* linux/icmp.h includes a header of the C library, which is not there for this target. */
#define ICMP_DEST_UNREACH 3
#define ICMP_PORT_UNREACH 3
#define ICMP_FRAG_NEEDED 4
#define ICMPV6_DEST_UNREACH 1
#define ICMPV6_PORT_UNREACH 4
#define ICMPV6_PKT_TOOBIG 2

/* Of both families: RFC 792 and RFC 4443, 3.1. */
struct icmp_unreachable {
	__u8 type;
	__u8 code;
	__be16 checksum;
	__be32 mtu; /* of what is too big (RFC 1191: in its low half), else unused */
};

#define ICMP_ECHO_REPLY 0
#define ICMP_SOURCE_QUENCH 4
#define ICMP_REDIRECT 5
#define ICMP_ECHO_REQUEST 8
#define ICMP_TIME_EXCEEDED 11
#define ICMP_PARAMETERPROB 12
#define ICMPV6_PARAMPROB 4 /* 1 to 4 tell of a packet that got no further; all below 128 are errors */
#define ICMPV6_ECHO_REQUEST 128
#define ICMPV6_ECHO_ANSWER 129
#define ICMPV6_ROUTER_SOLICIT 133 /* to ICMPV6_REDIRECT: neighbour discovery (RFC 4861) */
#define ICMPV6_REDIRECT 137

/* Of both families: RFC 792 and RFC 4443, 4. */
struct icmp_echo {
	__u8 type;
	__u8 code;
	__be16 checksum;
	__be16 id;
	__be16 sequence;
};

#define ICMP_HEADER sizeof(struct icmp_unreachable) /* what comes before the quotation */
#define ICMP_QUOTE_MIN 8                            /* bytes of the transport header that are always quoted */

enum icmp_kind {
	ICMP_NONE,      /* another protocol */
	ICMP_MESSAGE,   /* an echo, for example */
	ICMP_ERROR,     /* quotes the packet that it is about */
	ICMP_NO_ANSWER, /* errors that nobody needs, redirects, neighbour discovery: never answered by an error */
};

static __always_inline enum icmp_kind icmp_kind(struct __sk_buff *skb, const struct packet *packet)
{
	__u8 type;

	if (packet->protocol != (packet->v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6))
		return ICMP_NONE;
	if (bpf_skb_load_bytes(skb, packet->l4_offset, &type, sizeof(type)))
		return ICMP_NO_ANSWER;
	if (packet->v4 ? type == ICMP_DEST_UNREACH || type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETERPROB :
			 type >= ICMPV6_DEST_UNREACH && type <= ICMPV6_PARAMPROB)
		return packet->fragment ? ICMP_NO_ANSWER : ICMP_ERROR;
	if (packet->v4 ? type == ICMP_SOURCE_QUENCH || type == ICMP_REDIRECT :
			 type < ICMPV6_ECHO_REQUEST || (type >= ICMPV6_ROUTER_SOLICIT && type <= ICMPV6_REDIRECT))
		return ICMP_NO_ANSWER;
	return ICMP_MESSAGE;
}

/* Where the transport header of the quoted packet begins; negative for what is left alone. */
static __always_inline long quote_parse4(struct __sk_buff *skb, __u32 offset, struct packet *answer)
{
	struct iphdr ip;

	if (bpf_skb_load_bytes(skb, offset, &ip, sizeof(ip)) || ip.version != 4 || ip.ihl * 4 < sizeof(ip) ||
	    ip.frag_off & bpf_htons(IPV4_FRAGMENT_OFFSET))
		return -1;
	answer->source = ip_from_v4(ip.daddr);
	answer->destination = ip_from_v4(ip.saddr);
	answer->protocol = ip.protocol;
	answer->v4 = 1;
	return offset + ip.ihl * 4;
}

static __always_inline long quote_parse6(struct __sk_buff *skb, __u32 offset, struct packet *answer)
{
	struct ipv6hdr ip;
	long walked;

	if (bpf_skb_load_bytes(skb, offset, &ip, sizeof(ip)) || ip.version != 6)
		return -1;
	__builtin_memcpy(&answer->source, &ip.daddr, sizeof(answer->source));
	__builtin_memcpy(&answer->destination, &ip.saddr, sizeof(answer->destination));
	walked = parse_ipv6_extensions(skb, answer, ip.nexthdr, offset + sizeof(ip));
	if (walked < 0)
		return -1;
	answer->protocol = walked >> 16;
	return walked & IPV6_L4_OFFSET_MAX;
}

/*
 * The ports of a quoted packet, turned round; of an echo its id as both; none of protocols without. False for other ICMP.
 */
static __always_inline bool quote_ports(struct __sk_buff *skb, __u32 l4_offset, struct packet *answer)
{
	union {
		__be16 port[2];
		struct icmp_echo echo;
	} quoted;
	__u8 protocol = answer->protocol, request, reply;

	if (bpf_skb_load_bytes(skb, l4_offset, &quoted, sizeof(quoted)))
		return false;
	if (protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == IPPROTO_SCTP) {
		answer->source_port = quoted.port[1];
		answer->destination_port = quoted.port[0];
		return true;
	}
	if (protocol != (answer->v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6))
		return true;
	request = answer->v4 ? ICMP_ECHO_REQUEST : ICMPV6_ECHO_REQUEST;
	reply = answer->v4 ? ICMP_ECHO_REPLY : ICMPV6_ECHO_ANSWER;
	answer->source_port = quoted.echo.id;
	answer->destination_port = quoted.echo.id;
	return quoted.echo.type == request || quoted.echo.type == reply;
}

/*
 * The answer to the packet that an ICMP error quotes: its ends, and where the quoted transport header begins and how much
 * of it is there. False for what is left alone, such as later fragments, and errors that are not for who sent the packet.
 */
static __noinline bool icmp_quoted(struct __sk_buff *skb, const struct packet *packet, struct packet *answer)
{
	__u32 offset = packet->l4_offset + ICMP_HEADER;
	long l4_offset, length;

	l4_offset = packet->v4 ? quote_parse4(skb, offset, answer) : quote_parse6(skb, offset, answer);
	length = packet->l4_length - (l4_offset - packet->l4_offset);
	if (l4_offset < 0 || length < ICMP_QUOTE_MIN || skb->len < (__u32)packet->l4_offset + packet->l4_length ||
	    !ip_equal(&answer->destination, &packet->destination) || !quote_ports(skb, l4_offset, answer))
		return false;
	answer->l4_offset = l4_offset;
	answer->l4_length = length;
	return true;
}

#endif
