/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Services on packets of pods, for traffic that sock_lb did not see. pod_ingress and pod_egress are attached to the host's
 * side of a pod's interface: the former to what the pod sends, the latter to what it receives. Policies are asked where
 * packets show the client and the backend: after translation of what the pod sends, before that of what it receives.
 */
#include "culvert/egress.h"
#include "culvert/event_trace.h"
#include "culvert/fast.h"
#include "culvert/policy_settled.h"

SEC("tc")
int pod_ingress(struct __sk_buff *skb)
{
	struct packet packet = {};
	int verdict, parsed;
	__u32 recalled;

	packet_begin(skb, EVENT_AT_FROM_POD);
	parsed = packet_parse(skb, &packet);
	recalled = parsed == PARSE_OK ? policy_recall(skb, &packet, POLICY_EGRESS) : 0;
	if (recalled == POLICY_SETTLED) {
		packet_sign(skb, &packet);
		packet_is_direct(skb);
		return fast_end(skb, event_end(skb, PACKET_PASS), FAST_TAIL_POLICY);
	}
	packet_context(skb)->cb[PACKET_MARK] = recalled;
	verdict = ingress(skb, &packet, parsed, recalled);
	if (skb->cb[PACKET_NOTE] == PACKET_REPLY)
		return event_end(skb, verdict);
	if (verdict == PACKET_PASS && packet.signals & PACKET_OPEN && !(skb->cb[PACKET_HOOK] & PACKET_MOVED)) {
		recalled = policy_recall_open(skb, &packet, POLICY_EGRESS);
		if (recalled == POLICY_SETTLED) {
			policy_tell(skb, &packet);
			return fast_end(skb, event_end(skb, PACKET_PASS), FAST_TAIL_POLICY);
		}
		packet_context(skb)->cb[PACKET_MARK] = recalled;
	}
	if (verdict == PACKET_PASS || (verdict == TC_ACT_REDIRECT && skb->cb[PACKET_NOTE] == PACKET_TO_ITSELF))
		bpf_tail_call(skb, &policy_tails, POLICY_TAIL_EGRESS);
	return fast_end(skb, event_end(skb, verdict), FAST_TAIL_PLAIN);
}

SEC("tc")
int pod_egress(struct __sk_buff *skb)
{
	struct packet packet = {};
	__u32 recalled;
	int parsed;

	packet_begin(skb, EVENT_AT_TO_POD);
	parsed = packet_parse(skb, &packet);
	recalled = parsed == PARSE_OK ? policy_recall(skb, &packet, POLICY_INGRESS) : 0;
	packet_sign(skb, &packet);
	if (recalled == POLICY_SETTLED) {
		packet_is_direct(skb);
		if (packet.signals & PACKET_OPEN)
			policy_tell(skb, &packet);
		return event_end(skb, PACKET_PASS);
	}
	packet_context(skb)->cb[PACKET_MARK] = recalled;
	bpf_tail_call(skb, &policy_tails, POLICY_TAIL_INGRESS);
	return event_end(skb, egress(skb, &packet, parsed, recalled));
}

/* What pod_egress does once policies have let a packet pass. */
SEC("tc")
int pod_deliver(struct __sk_buff *skb)
{
	struct packet packet = {};
	int verdict = egress(skb, &packet, packet_parse(skb, &packet), skb->cb[PACKET_MARK]);

	if (verdict == PACKET_PASS)
		policy_settle(skb, &packet);
	return event_end(skb, verdict);
}

/*
 * Hands what a pod sends, and what would pass, to another pod of this node. Does for that one what pod_egress would do at its
 * interface; policies, if there are any, have agreed before.
 */
SEC("tc")
int pod_fast(struct __sk_buff *skb)
{
	struct packet packet = {};
	struct local_pod *pod;
	__u32 ifindex, direct;
	int verdict;

	if (packet_parse(skb, &packet) != PARSE_OK)
		return PACKET_PASS;
	pod = fast_pod(skb, &packet);
	if (!pod)
		return PACKET_PASS;
	ifindex = pod->ifindex;
	if (fast_prepare(skb, &packet, pod))
		return PACKET_PASS;
	direct = skb->cb[PACKET_HOOK] & PACKET_DIRECT;
	packet_begin(skb, EVENT_AT_TO_POD | direct);
	skb->cb[PACKET_NOTE] = ifindex << PACKET_NOTE_BITS;
	packet_sign(skb, &packet);
	verdict = event_end_seen(skb, direct ? PACKET_PASS : egress_forwarded(skb, &packet));
	return verdict == PACKET_PASS ? bpf_redirect_peer(ifindex, 0) : verdict;
}

char _license[] SEC("license") = "Dual BSD/GPL";
