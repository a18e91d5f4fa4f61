/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A packet at its pod: on with the connection that it belongs to, or a new one that the pod's policies are asked about. All
 * return 0 for a packet that passes, else the drop reason, with the number of the rule that says so above it.
 */
#ifndef CULVERT_POLICY_WALK_H
#define CULVERT_POLICY_WALK_H

#include "policy_event.h"
#include "policy_flow.h"
#include "policy_fragment.h"
#include "policy_icmp.h"
#include "policy_pod.h"
#include "policy_recent.h"
#include "turn.h"

/* Numbers only: it is handed to functions that are verified once, for any argument. */
struct policy_walk {
	struct packet packet;
	__u32 now;       /* policy_clock() */
	__u32 pod;       /* endpoint.number of the side */
	__u32 pod_flags; /* ENDPOINT_* */
	__u32 sets[2];   /* of the pod: POLICY_EGRESS, POLICY_INGRESS */
	__u32 epoch;
	__u32 flags;     /* POLICY_STRICT ... */
	__u32 direction; /* of the packet at its pod: POLICY_EGRESS or POLICY_INGRESS */
	__u32 message;   /* enum policy_message */
	__u32 itself;    /* the packet comes back to the pod that sent it */
	__u32 interface; /* of the pod */
};

static __always_inline __u32 policy_walk_set(const struct policy_walk *walk, __u32 direction)
{
	return direction == POLICY_EGRESS ? walk->sets[POLICY_EGRESS] : walk->sets[POLICY_INGRESS];
}

/* Of what errors quote, only an echo is ICMP here. */
static __always_inline bool policy_is_about_echo(const struct policy_walk *walk)
{
	return walk->message == POLICY_MESSAGE_ECHO ||
	       (walk->message == POLICY_MESSAGE_ERROR &&
		walk->packet.protocol == (walk->packet.v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6));
}

/*
 * Asks about a connection that the pod opened (POLICY_EGRESS) or that was opened to it. The number of the rule that allows it,
 * or its negative policy_verdict().
 */
__noinline int policy_ask(const struct policy_walk *walk, __u32 direction)
{
	struct policy_answer answer = {};
	struct policy_question question;
	bool forward;

	if (!walk)
		return -DROP_POLICY_DENIED;
	question.set = policy_walk_set(walk, direction);
	if (!question.set)
		return 0;
	if (walk->flags & POLICY_ALLOW_ECHO && policy_is_about_echo(walk))
		return 0;
	/* Where this packet is an answer, the connection's target is where it comes from. */
	forward = walk->direction == direction;
	question.place = policy_place(walk->packet.protocol,
				      forward ? walk->packet.destination_port : walk->packet.source_port);
	question.side = walk->epoch & 1;
	question.peer = walk->direction == POLICY_EGRESS || walk->itself ? walk->packet.destination : walk->packet.source;
	question.itself = walk->itself;
	if (policy_evaluate(&question, &answer) == POLICY_ACCEPT)
		return answer.rule & 0x7fffffff;
	if (answer.by != POLICY_BY_ISOLATED)
		return -policy_verdict(DROP_POLICY_DENY, answer.rule);
	/* Looked up only where it makes a difference. */
	return policy_is_pod(walk->pod, question.side, &question.peer) ? 0 : -DROP_POLICY_DENIED;
}

/* Whether what would be dropped passes; then it is counted, by the rule that denies it, too. verdict: policy_verdict() */
static __always_inline bool policy_is_audited(struct __sk_buff *skb, const struct policy_walk *walk, int verdict)
{
	if (!(walk->pod_flags & ENDPOINT_AUDIT))
		return false;
	drop_count(DROP_POLICY_AUDIT, packet_length(skb));
	policy_count(skb, policy_rule_of(verdict));
	skb->cb[PACKET_VERDICT] = PACKET_AUDITED;
	return true;
}

/* Of what belongs to nothing: dropped where the pod is held to policies in this direction. */
static __always_inline int policy_stray(struct __sk_buff *skb, const struct policy_walk *walk, int reason)
{
	return !policy_walk_set(walk, walk->direction) || policy_is_audited(skb, walk, reason) ? 0 : reason;
}

/* On with a connection that is known. rule: that allows it, or 0 */
static __always_inline void policy_passed(struct __sk_buff *skb, const struct policy_walk *walk, struct policy_flow *flow,
					  bool from_opener, __u32 rule)
{
	__u32 mark = policy_mark(skb, walk->direction);

	if (walk->message != POLICY_MESSAGE_ERROR)
		policy_flow_note(flow, policy_flow_shown(&walk->packet, from_opener), walk->now);
	rule = from_opener ? rule : 0;
	policy_count(skb, rule);
	if (walk->message != POLICY_MESSAGE_NONE)
		return;
	policy_flow_mark(flow, mark);
	/* Else the connection itself is found as fast. */
	if (walk->flags & POLICY_STRICT && policy_is_steady(&walk->packet))
		policy_recent_note(&walk->packet, walk->interface, walk->direction, walk->epoch, rule, mark);
}

/*
 * On with a connection that is known. Its own verdict is asked for again where the epoch has changed: that of who opened it,
 * at the pod that did, else that of who it was opened to. So an answer is never taken for something new.
 */
static __always_inline int policy_go_on(struct __sk_buff *skb, const struct policy_walk *walk, struct policy_flow *flow,
					bool from_opener)
{
	__u32 direction = from_opener ? walk->direction : !walk->direction;
	struct policy_side *side = &flow->sides[direction & 1];
	int rule = side->rule;

	if (side->epoch != walk->epoch && !(flow->state & POLICY_FLOW_HOST && direction == POLICY_INGRESS) &&
	    !(side->epoch && walk->flags & POLICY_KEEP_EXISTING)) {
		rule = policy_ask(walk, direction);
		if (rule < 0 && !policy_is_audited(skb, walk, -rule)) {
			/* It stays, so that what the other end sends next does not look like something new. */
			side->epoch = 0;
			policy_flow_note(flow, 0, walk->now);
			return -rule;
		}
		if (rule < 0) {
			flow->state |= POLICY_FLOW_AUDITED;
			rule = 0;
		}
		side->rule = rule;
		side->epoch = walk->epoch;
	}
	policy_passed(skb, walk, flow, from_opener, rule);
	return 0;
}

/*
 * Whether a packet goes on with a TCP connection that its pod was asked about at this epoch: then it passes, whoever the pod
 * is. That spares looking for the pod, but where unknown ones must be told from others. Datagrams of pods without policies
 * would pay for it, and never be known.
 */
static __noinline bool policy_is_known(struct __sk_buff *skb, const struct policy_walk *walk)
{
	struct policy_flow *flow;
	struct policy_side *side;
	__u32 from_opener = 0;

	if (walk->packet.protocol != IPPROTO_TCP || walk->packet.signals & PACKET_OPEN || walk->packet.fragment)
		return false;
	if (!walk->epoch || walk->flags & POLICY_STRICT || walk->itself ||
	    (walk->direction == POLICY_INGRESS && !skb->ingress_ifindex))
		return false;
	flow = policy_flow_find(&walk->packet, walk->now, &from_opener);
	if (!flow)
		return false;
	side = &flow->sides[(from_opener ? walk->direction : !walk->direction) & 1];
	if (side->epoch != walk->epoch)
		return false;
	policy_passed(skb, walk, flow, from_opener, side->rule);
	return true;
}

/* Writes an entry whose opener is the source or the destination of a packet. Non-zero when there is no room. */
static __noinline long policy_flow_write(const struct packet *packet, struct policy_flow *flow, bool by_source)
{
	struct flow_key key;

	policy_flow_key(&key, packet);
	flow->state |= by_source ? policy_flow_end(&key, &packet->source, packet->source_port) :
				   policy_flow_end(&key, &packet->destination, packet->destination_port);
	return policy_tcp_write(&key, flow) ? 0 : bpf_map_update_elem(&policy_flows, &key, flow, BPF_ANY);
}

/*
 * Remembers a connection that passes. opened: by the packet's source; else by its destination, which it answers. known: its
 * own entry, which is written over, or null
 */
static __always_inline int policy_open(const struct policy_walk *walk, struct policy_flow *flow, bool opened,
				       struct policy_flow *known)
{
	flow->seen = walk->now;
	if (known) {
		flow->state |= known->state & POLICY_FLOW_OPENER_HIGH;
		*known = *flow;
		return 0;
	}
	return policy_flow_write(&walk->packet, flow, opened) ? DROP_FLOW_TABLE_FULL : 0;
}

/*
 * Whether a connection must have begun unseen, so that both of its ends may be the one that opened it: its entry was lost, or
 * it is older than the pod's policies. A datagram may always be the first.
 */
static __always_inline bool policy_is_midstream(const struct policy_walk *walk)
{
	return policy_has_handshake(walk->packet.protocol) && !(walk->packet.signals & PACKET_OPEN);
}

/*
 * A packet that goes on with nothing that is known. known: the entry of a connection of the same opener, which this one
 * takes the place of, or null
 */
static __always_inline int policy_begin(struct __sk_buff *skb, const struct policy_walk *walk,
					struct policy_flow *known)
{
	bool midstream = policy_is_midstream(walk);
	__u32 direction = walk->direction;
	struct policy_flow flow = {};
	int rule;

	/* Of two ways to see it, the one that is held to policies says more. */
	if (midstream && !policy_walk_set(walk, direction))
		direction = !direction;
	rule = policy_ask(walk, direction);
	if (rule < 0 && midstream) {
		int other = policy_ask(walk, !direction);

		if (other >= 0) {
			direction = !direction;
			rule = other;
		}
	}
	if (rule < 0) {
		if (!policy_is_audited(skb, walk, -rule))
			return -rule;
		flow.state = POLICY_FLOW_AUDITED;
		rule = 0;
	}
	if (walk->packet.signals & PACKET_RESET)
		return 0;
	if (midstream) {
		drop_count(DROP_POLICY_MIDSTREAM, packet_length(skb));
		flow.state |= POLICY_FLOW_ESTABLISHED;
	}
	/* What the pod at the other end was asked a moment ago, if it is on this node. */
	if (known && walk->direction == POLICY_INGRESS) {
		flow.sides[POLICY_EGRESS] = known->sides[POLICY_EGRESS];
		flow.state |= known->state & POLICY_FLOW_AUDITED;
	}
	flow.mark = policy_mark(skb, walk->direction);
	flow.sides[direction & 1].epoch = walk->epoch;
	flow.sides[direction & 1].rule = rule;
	if (direction == walk->direction)
		policy_count(skb, rule);
	skb->cb[PACKET_VERDICT] |= PACKET_BEGINS | rule;
	return policy_open(walk, &flow, direction == walk->direction, known);
}

/*
 * What this node sends to its pod always passes, and so do the answers. A connection that the pod opened stays what it is,
 * so that the node's answers do not free it from the pod's policies.
 */
static __noinline int policy_from_host(const struct policy_walk *walk)
{
	struct policy_flow *flow, new = { .state = POLICY_FLOW_HOST };
	__u32 from_opener = 0;

	if (walk->message == POLICY_MESSAGE_ERROR || walk->packet.fragment == FRAGMENT_LATER)
		return 0;
	flow = policy_flow_find(&walk->packet, walk->now, &from_opener);
	if (flow && !(walk->packet.signals & PACKET_OPEN)) {
		policy_flow_note(flow, policy_flow_shown(&walk->packet, from_opener) | (from_opener ? POLICY_FLOW_HOST : 0),
				 walk->now);
		return 0;
	}
	if (walk->message == POLICY_MESSAGE_ECHO_REPLY || walk->packet.signals & (PACKET_RESET | PACKET_ACCEPT))
		return 0;
	if (!(walk->packet.signals & PACKET_OPEN) && policy_has_handshake(walk->packet.protocol))
		new.state |= POLICY_FLOW_ESTABLISHED;
	return policy_open(walk, &new, true, NULL);
}

/*
 * Whether a packet that comes back to the pod that sent it is the answer of its own Service, from the Service's address.
 * The verdict was given to what it answers.
 */
static __noinline bool policy_is_own_answer(const struct packet *packet)
{
	struct flow_key key;
	struct flow *flow;

	policy_flow_key(&key, packet);
	flow = bpf_map_lookup_elem(&flows, &key);
	return flow && flow->role == FLOW_FORWARD && flow->state & FLOW_HAIRPIN &&
	       flow->service_port == packet->source_port && ip_equal(&flow->service, &packet->source);
}

/* A packet whose protocol, ends and ports are known. */
__noinline int policy_packet(struct __sk_buff *skb, const struct policy_walk *walk)
{
	struct policy_flow *flow = NULL;
	__u32 from_opener = 0;

	if (!walk)
		return DROP_INVALID_PACKET;
	if (!(skb->cb[PACKET_MARK] & POLICY_STRANGER))
		flow = policy_flow_find(&walk->packet, walk->now, &from_opener);
	/* A request is no answer, even if the other end has asked by the same id. */
	if (walk->message == POLICY_MESSAGE_ECHO && !from_opener)
		flow = NULL;
	if (flow && !(walk->packet.signals & PACKET_OPEN))
		return policy_go_on(skb, walk, flow, from_opener);
	if (walk->message == POLICY_MESSAGE_ERROR || walk->message == POLICY_MESSAGE_ECHO_REPLY ||
	    walk->packet.signals & PACKET_ACCEPT)
		return policy_stray(skb, walk, DROP_POLICY_NO_STATE);
	if (walk->packet.fragment == FRAGMENT_LATER)
		return policy_stray(skb, walk, DROP_FRAGMENT_NOT_FOUND);
	return policy_begin(skb, walk, flow && from_opener ? flow : NULL);
}

/* An ICMP error goes the way of an answer to what it quotes, and is judged as one. False where nothing can be made of it. */
static __noinline bool policy_quote(struct __sk_buff *skb, struct policy_walk *walk)
{
	struct packet answer = {};

	if (!icmp_quoted(skb, &walk->packet, &answer))
		return false;
	walk->packet = answer;
	return true;
}

/* The verdict about a packet of a pod that is held to policies, whichever way it goes. */
static __always_inline int policy_judge(struct __sk_buff *skb, struct policy_walk *walk, int parsed)
{
	if (parsed == PARSE_UNREADABLE)
		return DROP_WRITE_ERROR;
	/* What cannot be read cannot be allowed, and a destination may read it otherwise. */
	if (parsed == PARSE_FOREIGN)
		return policy_stray(skb, walk, DROP_INVALID_PACKET);
	if (walk->direction == POLICY_INGRESS && !skb->ingress_ifindex)
		return policy_from_host(walk);
	if (parsed == PARSE_FRAGMENT && !policy_fragment_find(&walk->packet))
		return policy_stray(skb, walk, DROP_FRAGMENT_NOT_FOUND);
	if (walk->itself && walk->direction == POLICY_INGRESS &&
	    (walk->message == POLICY_MESSAGE_ERROR || policy_is_own_answer(&walk->packet)))
		return 0;
	if (walk->message == POLICY_MESSAGE_ERROR && !policy_quote(skb, walk))
		return policy_stray(skb, walk, DROP_POLICY_NO_STATE);
	return policy_packet(skb, walk);
}

/* direction: POLICY_EGRESS for what a pod sends, POLICY_INGRESS for what it receives */
static __always_inline int policy(struct __sk_buff *skb, __u32 direction)
{
	struct policy_control *control = policy_state();
	struct policy_walk walk = { .direction = direction, .interface = skb->ifindex };
	struct policy_recent *recent;
	struct endpoint *pod;
	int parsed, reason;

	if (!control || (skb->protocol != bpf_htons(ETH_P_IP) && skb->protocol != bpf_htons(ETH_P_IPV6)))
		return 0;
	walk.epoch = *(volatile __u32 *)&control->epoch;
	walk.flags = control->flags;
	if (!walk.epoch && !(walk.flags & POLICY_STRICT))
		return 0;
	parsed = packet_parse(skb, &walk.packet);
	if (parsed == PARSE_OK && policy_is_steady(&walk.packet)) {
		recent = policy_recent_find(&walk.packet, skb->ifindex, direction, walk.epoch);
		if (recent) {
			recent->mark = policy_mark(skb, direction);
			policy_count(skb, recent->rule);
			return 0;
		}
	}
	if (parsed == PARSE_OTHER)
		walk.message = policy_message(skb, &walk.packet);
	if (walk.message == POLICY_MESSAGE_NEIGHBOUR)
		return 0;
	walk.itself = direction == POLICY_INGRESS ? skb->ingress_ifindex == skb->ifindex :
						    skb->cb[PACKET_NOTE] == PACKET_TO_ITSELF;
	walk.now = policy_clock();
	/* What policy_recall() did not find is not looked for once more, unless it is another packet by now. */
	if (parsed == PARSE_OK && !(skb->cb[PACKET_MARK] & POLICY_STRANGER) && policy_is_known(skb, &walk))
		return 0;
	/* What a pod sends to itself through a Service has an address of this node as its source by now. */
	pod = policy_pod(skb->ifindex,
			 direction == POLICY_EGRESS && !walk.itself ? &walk.packet.source : &walk.packet.destination);
	if (!pod || !walk.epoch)
		return walk.flags & POLICY_STRICT ? DROP_POLICY_UNKNOWN_POD : 0;
	walk.sets[POLICY_EGRESS] = policy_set_of(pod, walk.epoch, POLICY_EGRESS);
	walk.sets[POLICY_INGRESS] = policy_set_of(pod, walk.epoch, POLICY_INGRESS);
	if (!(walk.sets[POLICY_EGRESS] | walk.sets[POLICY_INGRESS])) {
		if (parsed == PARSE_OK && policy_is_steady(&walk.packet))
			policy_recent_note(&walk.packet, skb->ifindex, direction, walk.epoch, 0,
					   policy_mark(skb, direction));
		return 0;
	}
	walk.pod = policy_number_of(pod, walk.epoch);
	walk.pod_flags = pod->flags;
	skb->cb[PACKET_VERDICT] = 0;
	reason = policy_judge(skb, &walk, parsed);
	if (!reason)
		policy_tell(skb, &walk.packet);
	if (walk.packet.fragment != FRAGMENT_FIRST)
		return reason;
	if (reason)
		policy_fragment_forget(&walk.packet);
	else if (policy_fragment_remember(&walk.packet))
		return DROP_WRITE_ERROR;
	return reason;
}

#endif
