/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is known of a packet. */
#ifndef CULVERT_PACKET_H
#define CULVERT_PACKET_H

#include <linux/in.h>
#include <linux/types.h>

#include "addr.h"

#define PACKET_OPEN (1u << 0)    /* asks for a new connection: SYN without ACK, INIT */
#define PACKET_PROCEED (1u << 1) /* belongs to a connection that exists */
#define PACKET_CLOSE (1u << 2)   /* FIN, SHUTDOWN: this side will send no more */
#define PACKET_RESET (1u << 3)   /* RST, ABORT */
#define PACKET_ACCEPT (1u << 4)  /* agrees to a connection: SYN with ACK, INIT ACK */

/* __sk_buff.pkt_type: PACKET_HOST and PACKET_OTHERHOST of <linux/if_packet.h>, which programs cannot include. */
#define PACKET_TYPE_THIS_HOST 0
#define PACKET_TYPE_OTHER_HOST 3

#define FRAGMENT_NONE 0  /* the packet is whole */
#define FRAGMENT_FIRST 1 /* it has ports */
#define FRAGMENT_LATER 2 /* it begins with payload: only addresses, protocol and id are known */

/* 48 bytes: the stack of the entry points has no room for more (Linux 6.1). */
struct packet {
	struct ip source;
	struct ip destination;
	__be16 source_port;
	__be16 destination_port;
	__u8 protocol;
	__u8 signals; /* PACKET_*; UDP has none */
	__u8 v4;
	__u8 fragment;     /* FRAGMENT_* */
	union {
		__u32 fragment_id; /* in the host's order */
		__u32 number;      /* the same, of a whole TCP packet: of a SYN its own, of its answer the one that is acknowledged */
	};
	__u16 l4_offset;   /* of the transport header, from the Ethernet header */
	__u16 l4_length;   /* from that header to the end that the network header states; 0 where it cannot state it */
};

enum parse_result {
	PARSE_OK,
	PARSE_FOREIGN,    /* not ours to judge: other families, malformed headers */
	PARSE_FRAGMENT,   /* FRAGMENT_LATER */
	PARSE_OTHER,      /* neither TCP, UDP nor SCTP: it has no ports */
	PARSE_UNREADABLE, /* the bytes are there, but there was no memory to make them linear */
};

/* Upper half of the number with which the client of a TCP connection begins, of packets that open or accept it, else 0. */
static __always_inline __u16 packet_begins(const struct packet *packet)
{
	bool tells = packet->protocol == IPPROTO_TCP && !packet->fragment && packet->signals & (PACKET_OPEN | PACKET_ACCEPT);

	return tells ? packet->number >> 16 : 0;
}

/* Whether a packet comes from one host, and not from an address that no host of the network has. */
static __always_inline bool packet_is_of_host(const struct packet *packet)
{
	__u32 first = bpf_ntohl(packet->source.word[0]), last = bpf_ntohl(packet->source.word[3]);

	if (packet->v4) /* 0.0.0.0/8, 127.0.0.0/8, 224.0.0.0/4, 240.0.0.0/4 */
		return last >> 24 && last >> 24 != 127 && last >> 28 < 0xe;
	if (first >> 24 == 0xff)
		return false;
	return first || packet->source.word[1] || packet->source.word[2] || last > 1;
}

#endif
