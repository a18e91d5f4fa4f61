/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What leaves by an interface, be it a pod's or the node's. Sources are translated here: of replies of a backend, and of
 * masqueraded clients. What this node itself sends to a Service begins here as well.
 */
#ifndef CULVERT_EGRESS_H
#define CULVERT_EGRESS_H

#include "ingress.h"

/*
 * Sends a packet of this node to its backend, by whichever interface leads there: the stack chose this one for the
 * Service's address.
 */
static __always_inline int egress_redirect(struct __sk_buff *skb, const struct packet *packet, struct flow *flow,
					   int verdict)
{
	int device;

	if (verdict != PACKET_PASS)
		return verdict;
	device = route_device(skb, packet, &flow->backend);
	return device > 0 ? bpf_redirect_neigh(device, NULL, 0, 0) : PACKET_PASS;
}

/* A packet of this node: most went through sock_lb, others are translated here as if they came in. */
static __always_inline int egress_of_host(struct __sk_buff *skb, const struct packet *packet, struct flow *flow,
					  __u64 now)
{
	bool asks = packet_may_open(packet);
	struct frontend *frontend;
	int verdict;

	if (flow && flow->state & FLOW_HOST && flow_is_forward(flow, packet) && !flow_is_expired(flow, now) &&
	    (!asks || connect_continues(flow, packet))) {
		verdict = connect_forward(skb, packet, flow, now, BPF_F_INGRESS);
		return egress_redirect(skb, packet, flow, verdict);
	}
	if (!asks)
		return PACKET_PASS;
	frontend = packet_frontend(skb, packet);
	if (!frontend)
		return packet_without_frontend(skb, packet, BPF_F_INGRESS);
	if (flow)
		flow_delete(flow);
	verdict = connect_service(skb, packet, frontend, CLIENT_HOST, BPF_F_INGRESS);
	flow = flow_find(packet);
	return flow ? egress_redirect(skb, packet, flow, verdict) : verdict;
}

/* How a packet of a connection is translated where it leaves: one of the backend, or of a masqueraded client. */
static __always_inline int egress_translation(const struct flow *flow, const struct packet *packet)
{
	if (!flow_is_reply(flow, packet))
		return flow->state & FLOW_MASQUERADED ? TRANSLATE_MASQUERADE : -1;
	/* These were translated as they came in, and pass here as any other packet. */
	return flow->state & (FLOW_HAIRPIN | FLOW_HOST) ? -1 : TRANSLATE_REPLY;
}

/* A packet of a connection to or from a backend. */
static __always_inline int egress_known(struct __sk_buff *skb, const struct packet *packet, struct flow *flow,
					__u64 now)
{
	int translation = egress_translation(flow, packet);

	if (flow_gives_up(flow, packet))
		return PACKET_PASS;
	if (translation < 0 || (translation == TRANSLATE_REPLY && packet->signals & PACKET_OPEN))
		return PACKET_PASS;
	if (translation == TRANSLATE_REPLY)
		flow_account(flow, packet_length(skb), flow_state_reply(packet->signals), now);
	else
		flow->last_seen = now;
	return translate(skb, packet, flow, translation);
}

/* A packet that is not of this node: translated if its connection is. */
static __always_inline int egress_forwarded(struct __sk_buff *skb, const struct packet *packet)
{
	struct flow *flow = flow_find(packet);
	__u64 now;

	if (!flow || flow->role != FLOW_REPLY)
		return PACKET_PASS;
	now = flow_clock();
	return flow_is_expired(flow, now) ? PACKET_PASS : egress_known(skb, packet, flow, now);
}

/* A later fragment: see ingress_fragment(). */
static __noinline int egress_fragment(struct __sk_buff *skb, struct packet *packet)
{
	__u64 now = flow_clock();
	struct flow *flow = NULL;

	if (fragment_find(packet))
		flow = flow_find(packet);
	if (flow && flow_is_expired(flow, now))
		flow = NULL;
	if (flow && flow->role == FLOW_REPLY)
		return egress_known(skb, packet, flow, now);
	if (skb->ingress_ifindex)
		return PACKET_PASS;
	if (!flow)
		return packet_without_frontend(skb, packet, BPF_F_INGRESS);
	if (!(flow->state & FLOW_HOST) || !flow_is_forward(flow, packet))
		return PACKET_PASS;
	flow_account(flow, packet_length(skb), flow_state_forward(0), now);
	return egress_redirect(skb, packet, flow, translate(skb, packet, flow, TRANSLATE_FORWARD));
}

/* An ICMP error that leaves: its source is translated here, if it is the quoted destination, and that. */
static __noinline int egress_other(struct __sk_buff *skb, const struct packet *packet)
{
	struct packet answer = {};
	enum icmp_kind kind;
	struct flow *flow;
	int translation;

	kind = icmp_kind(skb, packet);
	if (kind != ICMP_ERROR)
		return skb->ingress_ifindex ? PACKET_PASS : packet_without_ports(skb, packet, kind, BPF_F_INGRESS);
	flow = icmp_flow(skb, packet, &answer);
	if (!flow)
		return PACKET_PASS;
	if (flow->role == FLOW_REPLY) {
		translation = egress_translation(flow, &answer);
		return translation < 0 ? PACKET_PASS : icmp_translate(skb, packet, &answer, flow, translation);
	}
	if (skb->ingress_ifindex || !(flow->state & FLOW_HOST) || !flow_is_forward(flow, &answer))
		return PACKET_PASS;
	return egress_redirect(skb, packet, flow, icmp_translate(skb, packet, &answer, flow, TRANSLATE_FORWARD));
}

/* parsed: what packet_parse() said of the packet; mark: flow_mark() of it, or 0 where nobody has asked */
static __always_inline int egress(struct __sk_buff *skb, struct packet *packet, int parsed, __u32 mark)
{
	struct flow *flow = NULL;
	__u64 now = 0;

	packet_sign(skb, packet);
	switch (parsed) {
	case PARSE_FOREIGN:
		return PACKET_PASS;
	case PARSE_FRAGMENT:
		return egress_fragment(skb, packet);
	case PARSE_OTHER:
		return egress_other(skb, packet);
	case PARSE_UNREADABLE:
		return packet_drop(skb, DROP_WRITE_ERROR);
	}
	if (packet->fragment)
		fragment_forget(packet);
	if (!flow_mark_is_first(mark))
		flow = flow_find(packet);
	if (flow) {
		packet_context(skb)->cb[PACKET_MARK] = 0;
		now = flow_clock();
		if (flow->role == FLOW_REPLY && !flow_is_expired(flow, now))
			return egress_known(skb, packet, flow, now);
	}
	/* Only what this node sends itself has come in by no interface. */
	if (!skb->ingress_ifindex)
		return egress_of_host(skb, packet, flow, now);
	if (!flow)
		packet_is_direct(skb);
	return PACKET_PASS;
}

#endif
