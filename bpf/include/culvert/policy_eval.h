/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The verdict for a new connection, in one direction at one pod: a constant number of lookups however many rules there are.
 * See docs/policy.md for what the tables mean.
 */
#ifndef CULVERT_POLICY_EVAL_H
#define CULVERT_POLICY_EVAL_H

#include <stdbool.h>

#include <linux/in.h>

#include "addr.h"
#include "policy_class.h"

#define POLICY_SEARCH_TURNS 18  /* policy_ports.count is at most the number of places in the line of ports */

struct policy_question {
	struct ip peer; /* the other end: of egress after Service translation, of ingress before masquerade */
	__u32 set;
	__u32 side;
	__u32 place; /* of protocol and target's port in the line of ports */
	__u32 itself; /* whether the pod talks to itself */
};

struct policy_answer {
	__u32 action; /* POLICY_ACCEPT or POLICY_DENY */
	__u32 by;     /* POLICY_BY_* */
	__u32 rule;   /* number of the rule; 0: none, or not counted */
	__u32 identity;
	__u32 class;
};

/* What the tables say of a peer and a place: of each stage the first rule that matches. */
struct policy_cell {
	__u32 admin;
	__u32 allow;
	__u32 baseline;
};

/* port: in network order; of protocols without ports it is not looked at */
static __always_inline __u32 policy_place(__u8 protocol, __be16 port)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return bpf_ntohs(port);
	case IPPROTO_UDP:
		return 1u << 16 | bpf_ntohs(port);
	case IPPROTO_SCTP:
		return 2u << 16 | bpf_ntohs(port);
	}
	return 3u << 16;
}

/* The step that holds at a place by the index of its ports, as a word of policy_index; 0: the index does not know. */
static __always_inline __u32 policy_indexed(__u32 word, __u32 place)
{
	for (int shift = (POLICY_INDEX_LEVELS - 1) * POLICY_INDEX_BITS; shift >= 0; shift -= POLICY_INDEX_BITS) {
		__u32 index = word + (place >> shift & ((1u << POLICY_INDEX_BITS) - 1));
		__u32 *next;

		if (!word || word & POLICY_INDEX_STEP)
			break;
		next = bpf_map_lookup_elem(&policy_index, &index);
		word = next ? *next : 0;
	}
	return word;
}

/* The same by halves: the last step that starts there or before. */
static __always_inline __u32 policy_searched(const struct policy_ports *ports, __u32 place)
{
	__u32 low = ports->start;
	__u32 high = low + ports->count;

	for (int i = 0; i < POLICY_SEARCH_TURNS && low + 1 < high; i++) {
		__u32 middle = low + ((high - low) >> 1);
		struct policy_step *step = bpf_map_lookup_elem(&policy_steps, &middle);

		if (step && step->start <= place)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/*
 * Adds the step of a peer that holds at a place. False where the peer has no ports. Rules that are absent have the
 * greatest number, so that the smaller one is the first of both that match.
 */
static __always_inline bool policy_add(struct policy_cell *cell, __u32 set, __u32 peer, __u32 place)
{
	struct policy_peer_key key = { .set = set, .peer = peer };
	struct policy_ports *ports = bpf_map_lookup_elem(&policy_peers, &key);
	struct policy_step *step;
	__u32 index;

	if (!ports)
		return false;
	index = policy_indexed(ports->index, place);
	index = index ? index & ~POLICY_INDEX_STEP : policy_searched(ports, place);
	step = bpf_map_lookup_elem(&policy_steps, &index);
	if (!step)
		return true;
	cell->admin = step->admin < cell->admin ? step->admin : cell->admin;
	cell->allow = step->allow < cell->allow ? step->allow : cell->allow;
	cell->baseline = step->baseline < cell->baseline ? step->baseline : cell->baseline;
	return true;
}

static __always_inline __u32 policy_rule(const struct policy_set *set, __u32 offset)
{
	__u32 index = set->rules + offset;
	__u32 *rule = bpf_map_lookup_elem(&policy_rules, &index);

	return rule ? *rule : 0;
}

/* Whether a ranked rule decides: Pass leads to the next stage, as the absence of a rule does. */
static __always_inline bool policy_decides(__u32 ranked)
{
	return ranked != POLICY_NONE && (ranked & ((1u << POLICY_ACTION_BITS) - 1)) != POLICY_PASS;
}

static __always_inline void policy_ranked(struct policy_answer *answer, const struct policy_set *set, __u32 ranked,
					  __u32 first, __u32 by)
{
	answer->action = ranked & ((1u << POLICY_ACTION_BITS) - 1);
	answer->by = by;
	answer->rule = policy_rule(set, first + (ranked >> POLICY_ACTION_BITS));
}

/* The three stages. */
static __always_inline void policy_decide(struct policy_answer *answer, const struct policy_set *set,
					  const struct policy_cell *cell, bool itself)
{
	answer->action = POLICY_ACCEPT;
	answer->by = POLICY_BY_DEFAULT;
	answer->rule = 0;
	if (policy_decides(cell->admin)) {
		policy_ranked(answer, set, cell->admin, 0, POLICY_BY_ADMIN);
		return;
	}
	if (!(set->flags & POLICY_SET_ISOLATED)) {
		if (policy_decides(cell->baseline))
			policy_ranked(answer, set, cell->baseline, set->baselines, POLICY_BY_BASELINE);
		return;
	}
	if (cell->allow != POLICY_NONE) {
		answer->by = POLICY_BY_NETWORK_POLICY;
		answer->rule = policy_rule(set, set->allows + cell->allow);
		return;
	}
	answer->by = itself ? POLICY_BY_ITSELF : POLICY_BY_ISOLATED;
	answer->action = itself ? POLICY_ACCEPT : POLICY_DENY;
}

/*
 * Answers, and returns the action. Verified once, by itself. A set that is not there denies: nothing that a program may
 * hold names it.
 */
__noinline int policy_evaluate(const struct policy_question *question, struct policy_answer *answer)
{
	struct policy_cell cell = { POLICY_NONE, POLICY_NONE, POLICY_NONE };
	struct policy_cidr_key block = { .prefixlen = POLICY_ADDRESS_BITS };
	struct ipcache_entry *pod;
	struct policy_set *set;
	__u32 index;

	if (!question || !answer)
		return POLICY_DENY;
	*answer = (struct policy_answer){ .action = POLICY_ACCEPT, .by = POLICY_BY_DEFAULT };
	block.side = question->side;
	block.address = question->peer;
	/* A struct address_key is an address and nothing else; the stack has no room for another copy (Linux 6.1). */
	pod = bpf_map_lookup_elem(&ipcache, &block.address);
	if (pod)
		answer->identity = pod->identity[question->side & 1];
	answer->class = policy_class(&block, &question->peer);
	index = question->set;
	if (!index)
		return POLICY_ACCEPT;
	set = bpf_map_lookup_elem(&policy_sets, &index);
	if (!set || !(set->flags & POLICY_SET_USED)) {
		answer->action = POLICY_DENY;
		answer->by = POLICY_BY_ISOLATED;
		return POLICY_DENY;
	}
	if (!answer->identity ||
	    !policy_add(&cell, index, POLICY_PEER_IDENTITY << POLICY_PEER_SHIFT | answer->identity, question->place))
		policy_add(&cell, index, POLICY_PEER_ANY << POLICY_PEER_SHIFT, question->place);
	if (answer->class)
		policy_add(&cell, index, (__u32)POLICY_PEER_CLASS << POLICY_PEER_SHIFT | answer->class,
			   question->place);
	policy_decide(answer, set, &cell, question->itself);
	return answer->action;
}

#endif
