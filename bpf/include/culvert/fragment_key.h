/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What all fragments of a packet carry, and for how long it means that packet. */
#ifndef CULVERT_FRAGMENT_KEY_H
#define CULVERT_FRAGMENT_KEY_H

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

#endif
