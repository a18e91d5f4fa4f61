/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What all fragments of a packet carry, for how long it means that packet, and what only the first one has. */
#ifndef CULVERT_FRAGMENT_KEY_H
#define CULVERT_FRAGMENT_KEY_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "packet.h"

/* As long as Linux waits for the rest of an IPv4 datagram; an id may mean another one afterwards. */
#define FRAGMENT_LIFETIME 30000000000ll

/* IPv6 datagrams are told by their id alone (RFC 8200, 4.5): later fragments need not state the right protocol. */
static __always_inline struct fragment_key fragment_key(const struct packet *packet)
{
	return (struct fragment_key){
		.source = packet->source,
		.destination = packet->destination,
		.id = packet->fragment_id,
		.protocol = packet->v4 ? packet->protocol : 0,
	};
}

/* Of a first fragment. */
static __always_inline struct fragment fragment_first(const struct packet *packet)
{
	return (struct fragment){
		.source_port = packet->source_port,
		.destination_port = packet->destination_port,
		.protocol = packet->protocol,
		.seen = bpf_ktime_get_coarse_ns(),
	};
}

/* Gives a later fragment what its first had. False if that is null, or of an earlier packet. */
static __always_inline bool fragment_follow(struct packet *packet, const struct fragment *first)
{
	if (!first || (__s64)(bpf_ktime_get_coarse_ns() - first->seen) > FRAGMENT_LIFETIME)
		return false;
	packet->source_port = first->source_port;
	packet->destination_port = first->destination_port;
	packet->protocol = first->protocol;
	return true;
}

#endif
