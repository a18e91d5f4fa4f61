/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Structures of policies that C and Java share, as layout.h has those of Services. Most have two sides: an epoch tells
 * which of both holds, and the other one is where the agent builds what comes next.
 */
#ifndef CULVERT_LAYOUT_POLICY_H
#define CULVERT_LAYOUT_POLICY_H

#include "layout.h"

/* policy_control: one record that the agent writes through mapped memory. */
#define POLICY_STRICT (1u << 0)        /* what is no known pod sends and receives nothing but ARP, ND and MLD */
#define POLICY_KEEP_EXISTING (1u << 1) /* connections that were allowed once stay so */
#define POLICY_ALLOW_ECHO (1u << 2)    /* ICMP echo requests are not asked about */
#define POLICY_ENFORCED (1u << 3)      /* packets are asked about: policy_tails is filled */

struct policy_control {
	__u32 epoch; /* bit 0: the side that holds; changes whenever connections must ask again; 0: nothing is published */
	__u32 flags; /* POLICY_* */
};

/* endpoints: pods of this node, by each of their addresses, and by their interface once it is known. */
struct endpoint_key {
	struct ip address; /* zero where ifindex is not */
	__u32 ifindex;     /* 0 where address is not */
};

#define ENDPOINT_AUDIT (1u << 0) /* what would be dropped is counted, and passes */

/* Indexes of policy_sets; 0: no policy selects the pod in this direction. */
struct endpoint_sets {
	__u32 ingress;
	__u32 egress;
};

struct endpoint {
	struct endpoint_sets sets[2]; /* by side */
	__u16 number[2];              /* of the pod, by side: the same in all its entries; 0: of none */
	__u32 flags;                  /* ENDPOINT_* */
};

/* ipcache: by address (struct address_key), whose labels the pod there has. 0: no pod's. */
struct ipcache_entry {
	__u32 identity[2]; /* by side */
};

/*
 * policy_cidrs: by the longest of the blocks that hold an address, which class of addresses it belongs to. policy_hosts: the
 * same of single addresses, which are asked for first.
 */
struct policy_cidr_key {
	__u32 prefixlen; /* 32 + bits of the address, of 128 */
	__u32 side;
	struct ip address;
};

/*
 * policy_blocks: the same of IPv4 blocks, an index of policy_cidrs that takes the same time however many there are. Entry i
 * below POLICY_BLOCKS is of all addresses whose first 16 bits are i. A word is the class of all of them, or where the
 * next 256 entries are, one for each value of the next 8 bits; 0: nothing is known, policy_cidrs has it.
 */
#define POLICY_BLOCKS 65536
#define POLICY_BLOCK_ENTRIES 256
#define POLICY_BLOCK_CLASS (1u << 31) /* below: a class, 0 for none; else the index of the first of the next entries */

struct policy_block {
	__u32 word[2]; /* by side */
};

/*
 * policy_prefixes: the same of IPv6 blocks, an index of policy_cidrs that takes a lookup for each halving of the number of lengths that
 * blocks have, however many blocks there are. What is found under the first bits of an address is the class of the longest block
 * of so many bits or fewer, and says to go on with more; nothing is found: with fewer.
 *
 * policy_lengths: with how many. POLICY_LENGTHS entries for each side: entry 1 comes first, entry 2i after entry i if nothing was found, entry
 * 2i + 1 if something was.
 */
#define POLICY_LENGTHS 128
#define POLICY_LENGTH_STEPS 7

struct policy_length {
	__u32 prefixlen; /* of a policy_cidr_key; 0: there are no more. Of entry 0: 32, or 0: nothing is known, policy_cidrs has it */
	__u32 class;     /* of entry 0: of addresses under whose first bits nothing is found */
	struct ip mask;  /* the first bits */
};

/* policy_sets: what pods with the same policies are held to, in one direction. Immutable while it is used. */
#define POLICY_SET_USED (1u << 0)
#define POLICY_SET_ISOLATED (1u << 1) /* a NetworkPolicy selects the pod: what matches no rule is denied */
#define POLICY_SET_TIERED (1u << 2)   /* it has rules of the admin tier or the baseline */

struct policy_set {
	__u32 flags;     /* POLICY_SET_* */
	__u32 rules;     /* where its rules begin in policy_rules, those of the admin tier first */
	__u32 allows;    /* from there, where those of NetworkPolicies begin */
	__u32 baselines; /* from there, where those of the baseline tier begin */
};

/* policy_peers: the ports that a set has rules about, by whom they are for. */
#define POLICY_PEER_SHIFT 30
#define POLICY_PEER_ANY 0      /* rules for everybody; peers without an entry of their own */
#define POLICY_PEER_IDENTITY 1 /* rules that name an identity, and those for everybody */
#define POLICY_PEER_CLASS 2    /* rules that name blocks of a class, and no others */

struct policy_peer_key {
	__u32 set;
	__u32 peer; /* POLICY_PEER_* above the number of the identity or class */
};

struct policy_ports {
	__u32 start; /* first step in policy_steps; its own start is 0 */
	__u32 count; /* at least 1 */
	__u32 index; /* where their index is in policy_index; 0: they have none */
};

/*
 * policy_index: of ports with more than a few steps, which step holds at a place in the line below, by levels of
 * POLICY_INDEX_BITS bits of its number. A word is that step for all places with these bits, or where the words of the next
 * level are; 0: nothing is known, the steps are to be searched.
 */
#define POLICY_INDEX_BITS 6
#define POLICY_INDEX_LEVELS 3
#define POLICY_INDEX_STEP (1u << 31) /* below: number of a step in policy_steps */

/*
 * policy_steps: protocols and ports as one line of numbers, TCP, UDP, SCTP, then everything else, 65,536 each. A step
 * holds up to the next one. Absent rules are POLICY_NONE, so that of two steps the smaller number is the first rule.
 */
#define POLICY_NONE (~0u)
#define POLICY_ACTION_BITS 2 /* of a ranked rule, below its rank */
#define POLICY_ACCEPT 0
#define POLICY_DENY 1
#define POLICY_PASS 2

struct policy_step {
	__u32 start;
	__u32 admin;    /* rank and action of the first rule of the admin tier that matches */
	__u32 allow;    /* index of the first rule of a NetworkPolicy that matches */
	__u32 baseline; /* rank and action of the first rule of the baseline tier that matches */
};

/*
 * policy_flows: connections of pods that policies select, keyed as flows is. Programs of both pods see the client and the
 * backend, whatever Service lies between them, so that both share one entry.
 */
#define POLICY_EGRESS 0  /* the verdict at the pod that opened the connection */
#define POLICY_INGRESS 1 /* the verdict at the pod that it was opened to */

struct policy_side {
	__u32 epoch; /* of the verdict, which was to allow; 0: not asked, or denied */
	__u32 rule;  /* number of the rule that allowed it; 0: none that is counted */
};

#define POLICY_FLOW_OPENER_HIGH (1u << 0)   /* which end of the key opened it */
#define POLICY_FLOW_HOST (1u << 1)          /* a process of this node opened it: its pod always answers */
#define POLICY_FLOW_ESTABLISHED (1u << 2)   /* both ends have spoken */
#define POLICY_FLOW_OPENER_CLOSED (1u << 3) /* FIN from whoever opened it */
#define POLICY_FLOW_TARGET_CLOSED (1u << 4) /* FIN from the other end */
#define POLICY_FLOW_RESET (1u << 5)         /* RST from either end */
#define POLICY_FLOW_AUDITED (1u << 6)       /* it passes because of audit mode alone */

#define POLICY_TICK_BITS 24

struct policy_flow {
	struct policy_side sides[2]; /* POLICY_EGRESS, POLICY_INGRESS */
	__u32 state;                 /* POLICY_FLOW_* */
	__u32 mark;                  /* flow_mark() when flows had no entry of it; 0: it may have one */
	__u32 seen;                  /* CLOCK_MONOTONIC, 2^POLICY_TICK_BITS nanoseconds; 0: not known */
};

/*
 * policy_tcp: such connections of TCP, each in a cache line, as many as have a place of their own there. By a number made of
 * addresses and ports.
 */
#define POLICY_CONNECTIONS 65536

struct policy_connection {
	struct ip low;
	struct ip high;
	__be16 low_port;
	__be16 high_port; /* 0: nothing is here */
	struct policy_flow flow;
};

/*
 * policy_recent: packets of established TCP that a processor let pass at one hook of one pod a moment ago, where a connection
 * does not say so: of pods without policies, and in strict mode. By a number made of their ends; what is there of another connection is overwritten.
 */
#define POLICY_RECENT_BITS 6

struct policy_recent {
	struct ip source;
	struct ip destination;
	__be16 source_port;
	__be16 destination_port;
	__u32 ifindex;
	__u32 direction; /* POLICY_EGRESS, POLICY_INGRESS */
	__u32 epoch;     /* 0: unused */
	__u32 rule;      /* that counts them; 0: none */
	__u32 mark;      /* flow_mark() when flows had no entry of them; 0: it may have one */
	__u64 jiffies;   /* when the connection was looked up last */
};

/* policy_tails: programs that pod_ingress and pod_egress go on with; empty where nothing is enforced. */
#define POLICY_TAIL_EGRESS 0
#define POLICY_TAIL_INGRESS 1
#define POLICY_TAIL_DELIVER 2
#define POLICY_TAILS 3

/* Why a verdict is what it is, as policy_probe tells it. */
#define POLICY_BY_DEFAULT 0        /* nothing forbids it */
#define POLICY_BY_ADMIN 1          /* a rule of the admin tier */
#define POLICY_BY_NETWORK_POLICY 2 /* a rule of a NetworkPolicy */
#define POLICY_BY_ITSELF 3         /* the pod talks to itself */
#define POLICY_BY_ISOLATED 4       /* the pod is isolated and no rule matches */
#define POLICY_BY_BASELINE 5       /* a rule of the baseline tier */
#define POLICY_BY_UNKNOWN_POD 6    /* no endpoint is known */
#define POLICY_BY_NOTHING_PUBLISHED 7 /* no epoch is published */

#endif
