/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Policies of pods. pod_ingress and pod_egress lead here by policy_tails, as long as the node has policies to enforce:
 * policy_egress judges what a pod sends, policy_ingress what it receives.
 */
#include "culvert/policy_walk.h"

/* A pod that reaches itself through a Service has had its packet turned round to it; the rest of the stack goes on else. */
SEC("tc")
int policy_egress(struct __sk_buff *skb)
{
	int verdict = policy(skb, POLICY_EGRESS);

	if (verdict)
		return policy_drop(skb, verdict);
	return event_end(skb, skb->cb[PACKET_NOTE] == PACKET_TO_ITSELF ? TC_ACT_REDIRECT : PACKET_PASS);
}

SEC("tc")
int policy_ingress(struct __sk_buff *skb)
{
	int verdict = policy(skb, POLICY_INGRESS);

	if (verdict)
		return policy_drop(skb, verdict);
	bpf_tail_call(skb, &policy_tails, POLICY_TAIL_DELIVER);
	return packet_drop(skb, DROP_MISSED_TAIL_CALL);
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
