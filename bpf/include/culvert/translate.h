/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Applies an entry of the flow table to a packet. */
#ifndef CULVERT_TRANSLATE_H
#define CULVERT_TRANSLATE_H

#include "flow.h"
#include "fragment.h"
#include "rewrite.h"
#include "turn.h"

enum translation {
	TRANSLATE_FORWARD,      /* client -> service becomes source -> backend */
	TRANSLATE_REPLY,        /* backend -> source becomes service -> client */
	TRANSLATE_MASQUERADE,   /* source -> backend becomes masquerade -> backend */
	TRANSLATE_UNMASQUERADE, /* backend -> masquerade becomes backend -> source */
};

struct end {
	struct ip address;
	__be16 port;
};

/* Where a translation puts a new source, if it does. A copy, because an entry may change while it is read. */
static __always_inline bool translated_source(const struct flow *flow, int translation, struct end *end)
{
	if (translation == TRANSLATE_FORWARD && flow->state & FLOW_OTHER_SOURCE)
		*end = (struct end){ flow->source, flow->source_port };
	else if (translation == TRANSLATE_REPLY)
		*end = (struct end){ flow->service, flow->service_port };
	else if (translation == TRANSLATE_MASQUERADE)
		*end = (struct end){ flow->masquerade, flow->masquerade_port };
	else
		return false;
	return true;
}

static __always_inline bool translated_destination(const struct flow *flow, int translation, struct end *end)
{
	if (translation == TRANSLATE_FORWARD)
		*end = (struct end){ flow->backend, flow->backend_port };
	else if (translation == TRANSLATE_REPLY && flow->state & FLOW_OTHER_SOURCE)
		*end = (struct end){ flow->client, flow->client_port };
	else if (translation == TRANSLATE_UNMASQUERADE)
		*end = (struct end){ flow->source, flow->source_port };
	else
		return false;
	return true;
}

/* The packet goes on, or back to a pod that reaches itself. */
__noinline int translate(struct __sk_buff *skb, const struct packet *packet, const struct flow *flow, int translation)
{
	struct end end;

	if (!packet || !flow)
		return TC_ACT_SHOT;
	skb->cb[PACKET_HOOK] |= flow->state & FLOW_ROUTED ? PACKET_MOVED | PACKET_ROUTED : PACKET_MOVED;
	if (packet->fragment == FRAGMENT_FIRST && fragment_remember(packet))
		return packet_drop(skb, DROP_WRITE_ERROR);
	if (translated_source(flow, translation, &end) &&
	    rewrite_end(skb, packet, PACKET_SOURCE, &end.address, end.port))
		return packet_drop(skb, DROP_WRITE_ERROR);
	if (translated_destination(flow, translation, &end) &&
	    rewrite_end(skb, packet, PACKET_DESTINATION, &end.address, end.port))
		return packet_drop(skb, DROP_WRITE_ERROR);
	if (!(flow->state & FLOW_HAIRPIN))
		return PACKET_PASS;
	if (translation == TRANSLATE_FORWARD)
		skb->cb[PACKET_NOTE] = PACKET_TO_ITSELF;
	return packet_turn(skb, 0);
}

#endif
