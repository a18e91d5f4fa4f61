/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What comes in by an interface, be it a pod's or the node's. Destinations are translated here: of packets to a Service,
 * and of replies to a masquerade.
 */
#ifndef CULVERT_INGRESS_H
#define CULVERT_INGRESS_H

#include "connect.h"
#include "dsr_path.h"
#include "flow_mark.h"
#include "heal.h"
#include "icmp_error.h"

/* The Service that a packet may open a connection to, or null. */
static __noinline struct frontend *packet_frontend(struct __sk_buff *skb, const struct packet *packet)
{
	struct frontend_key key = packet_dials(packet);
	struct frontend *frontend = frontend_find(&key);

	if (frontend || packet->protocol != IPPROTO_UDP)
		return frontend;
	return heal_connected(skb, packet, &key);
}

/* How a reply is translated where it comes in: one to a masquerade, to a pod that reaches itself, to this node. */
static __always_inline int ingress_reply(struct __sk_buff *skb, const struct flow *flow)
{
	if (flow->role == FLOW_MASQUERADE)
		return TRANSLATE_UNMASQUERADE;
	if (!(flow->state & (FLOW_HAIRPIN | FLOW_HOST)))
		return -1;
	skb->cb[PACKET_NOTE] = PACKET_REPLY;
	return TRANSLATE_REPLY;
}

static __always_inline int ingress_known_reply(struct __sk_buff *skb, const struct packet *packet, struct flow *flow,
					       __u64 now)
{
	int translation;

	if (flow_gives_up(flow, packet))
		return PACKET_PASS;
	translation = ingress_reply(skb, flow);
	if (translation < 0)
		return PACKET_PASS;
	flow_account(flow, packet_length(skb), flow_state_reply(packet->signals), now);
	return translate(skb, packet, flow, translation);
}

/* A later fragment goes where its first went. It opens nothing, and is never answered (RFC 1122, 3.2.2). */
static __noinline int ingress_fragment(struct __sk_buff *skb, struct packet *packet)
{
	__u64 now = flow_clock();
	struct flow *flow;

	if (!fragment_find(packet))
		return packet_without_frontend(skb, packet, 0);
	flow = flow_find(packet);
	if (!flow || flow_is_expired(flow, now))
		return packet_without_frontend(skb, packet, 0);
	if (flow_is_forward(flow, packet)) {
		flow_account(flow, packet_length(skb), flow_state_forward(0), now);
		return connect_send(skb, packet, flow);
	}
	return flow_is_reply(flow, packet) ? ingress_known_reply(skb, packet, flow, now) : PACKET_PASS;
}

/* An ICMP error is for who sent what it quotes: its destination is translated here, and the quoted source. */
static __noinline int ingress_other(struct __sk_buff *skb, const struct packet *packet)
{
	struct packet answer = {};
	enum icmp_kind kind;
	struct flow *flow;
	int translation;

	kind = icmp_kind(skb, packet);
	if (kind != ICMP_ERROR)
		return packet_without_ports(skb, packet, kind, 0);
	flow = icmp_flow(skb, packet, &answer);
	if (!flow)
		return takes_clients_outside ? dsr_path(skb, packet, &answer) : PACKET_PASS;
	if (takes_clients_outside && flow->state & FLOW_DSR)
		return dsr_send(skb, packet, flow);
	translation = flow_is_forward(flow, &answer) ? TRANSLATE_FORWARD :
		      flow_is_reply(flow, &answer)   ? ingress_reply(skb, flow) :
						       -1;
	return translation < 0 ? PACKET_PASS : icmp_translate(skb, packet, &answer, flow, translation);
}

/* parsed: what packet_parse() said of the packet; mark: flow_mark() of it, or 0 where nobody has asked */
static __always_inline int ingress(struct __sk_buff *skb, struct packet *packet, int parsed, __u32 mark)
{
	struct frontend *frontend = NULL;
	struct flow *flow = NULL;

	packet_sign(skb, packet);
	switch (parsed) {
	case PARSE_FOREIGN:
		return PACKET_PASS;
	case PARSE_FRAGMENT:
		return ingress_fragment(skb, packet);
	case PARSE_OTHER:
		return ingress_other(skb, packet);
	case PARSE_UNREADABLE:
		return packet_drop(skb, DROP_WRITE_ERROR);
	}
	if (packet->fragment)
		fragment_forget(packet);
	if (packet_may_open(packet)) {
		frontend = packet_frontend(skb, packet);
		/* A datagram to one of these ports may be a reply. Others to no frontend cost no further lookup. */
		if (!frontend && !is_source_port(packet->destination_port))
			return packet_without_frontend(skb, packet, 0);
	}

	if (!flow_mark_is_first(mark))
		flow = flow_find(packet);
	if (flow) {
		__u64 now = flow_clock();
		bool expired = flow_is_expired(flow, now);

		packet_context(skb)->cb[PACKET_MARK] = 0;
		if (!expired && flow_is_forward(flow, packet) &&
		    (frontend ? connect_continues(flow, packet) : !packet_may_open(packet)))
			return connect_forward(skb, packet, flow, now, 0);
		if (!expired && !frontend && flow_is_reply(flow, packet) && !(packet->signals & PACKET_OPEN))
			return ingress_known_reply(skb, packet, flow, now);
	}
	if (!frontend) {
		if (!flow)
			packet_is_direct(skb);
		return packet_may_open(packet) ? packet_without_frontend(skb, packet, 0) : PACKET_PASS;
	}
	if (flow)
		flow_delete(flow);
	return connect_service(skb, packet, frontend, client_of_packet(skb->ifindex, packet), 0);
}

#endif
