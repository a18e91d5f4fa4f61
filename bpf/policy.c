/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Policies of pods. pod_ingress and pod_egress lead here by policy_tails, as long as the node has policies to enforce:
 * policy_egress judges what a pod sends, policy_ingress what it receives.
 */
#include "culvert/policy_fast.h"

/* A pod that reaches itself through a Service has had its packet turned round to it; the rest of the stack goes on else. */
SEC("tc")
int policy_egress(struct __sk_buff *skb)
{
	int verdict = policy(skb, POLICY_EGRESS);

	if (verdict)
		return policy_drop(skb, verdict);
	verdict = skb->cb[PACKET_NOTE] == PACKET_TO_ITSELF ? TC_ACT_REDIRECT : PACKET_PASS;
	return fast_end(skb, event_end(skb, verdict), FAST_TAIL_POLICY);
}

SEC("tc")
int policy_ingress(struct __sk_buff *skb)
{
	int verdict = policy(skb, POLICY_INGRESS);

	if (verdict)
		return policy_drop(skb, verdict);
	/* What nothing ever translated, and this node did not send, is delivered as it is. */
	if (skb->ingress_ifindex && flow_mark_is_first(skb->cb[PACKET_MARK])) {
		packet_is_direct(skb);
		return event_end(skb, PACKET_PASS);
	}
	bpf_tail_call(skb, &policy_tails, POLICY_TAIL_DELIVER);
	return packet_drop(skb, DROP_MISSED_TAIL_CALL);
}

/*
 * Hands what a pod may send to another pod of this node: at once where that one's policies are known to let it pass, else by
 * its own hook, which asks them.
 */
SEC("tc")
int policy_fast(struct __sk_buff *skb)
{
	struct packet packet = {};
	struct local_pod *pod;
	__u32 ifindex;

	if (packet_parse(skb, &packet) != PARSE_OK)
		return PACKET_PASS;
	pod = fast_pod(skb, &packet);
	if (!pod)
		return PACKET_PASS;
	ifindex = pod->ifindex;
	if (policy_passes_at(skb, &packet, ifindex)) {
		bpf_tail_call(skb, &fast_tails, FAST_TAIL_POD);
		return PACKET_PASS;
	}
	return fast_prepare(skb, &packet, pod) ? PACKET_PASS : bpf_redirect(ifindex, 0);
}

/*
 * The verdict for a packet as if it opened a connection, for people: nothing is written. cb[0] says in which direction the
 * pod has it, POLICY_EGRESS or POLICY_INGRESS; the answer is in cb, in the order of struct policy_answer.
 */
SEC("tc")
int policy_probe(struct __sk_buff *skb)
{
	struct policy_answer answer = { .action = POLICY_ACCEPT, .by = POLICY_BY_NOTHING_PUBLISHED };
	__u32 direction = skb->cb[0] == POLICY_EGRESS ? POLICY_EGRESS : POLICY_INGRESS;
	struct policy_control *control = policy_state();
	struct policy_question question = {};
	struct packet packet = {};
	struct endpoint *pod;
	__u32 epoch = control ? *(volatile __u32 *)&control->epoch : 0;
	int result = packet_parse(skb, &packet);

	if (epoch && (result == PARSE_OK || result == PARSE_OTHER)) {
		bool egress = direction == POLICY_EGRESS;

		answer.by = POLICY_BY_UNKNOWN_POD;
		pod = policy_pod(skb->ifindex, egress ? &packet.source : &packet.destination);
		if (pod) {
			question.peer = egress ? packet.destination : packet.source;
			question.side = epoch & 1;
			question.set = policy_set_of(pod, epoch & 1, direction);
			question.place = policy_place(packet.protocol, packet.destination_port);
			question.itself = policy_is_pod(policy_number_of(pod, question.side), question.side, &question.peer);
			policy_evaluate(&question, &answer);
		}
	}
	if (answer.by >= POLICY_BY_UNKNOWN_POD && control && control->flags & POLICY_STRICT)
		answer.action = POLICY_DENY;
	skb->cb[0] = answer.action;
	skb->cb[1] = answer.by;
	skb->cb[2] = answer.rule;
	skb->cb[3] = answer.identity;
	skb->cb[4] = answer.class;
	return answer.action;
}

char _license[] SEC("license") = "Dual BSD/GPL";
