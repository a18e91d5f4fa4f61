/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What C and Java share of the fast path; see layout.h. */
#ifndef CULVERT_LAYOUT_FAST_H
#define CULVERT_LAYOUT_FAST_H

#include <linux/types.h>

/* local_pods: pods of this node, by address, that packets may be handed to without the stack in between. */
struct local_pod {
	__u32 ifindex;    /* the host's side of its interface */
	__be16 mac[3];    /* the pod's; both in the order of a frame that this node routes to the pod */
	__be16 router[3]; /* what routes to the pod: the host's side, or the bridge that it is a port of */
};

/* fast_tails: programs that packets of pods go on with, while the fast path is on. */
#define FAST_TAIL_POD 0    /* pod_fast, of packets that policies agreed to */
#define FAST_TAIL_POLICY 1 /* policy_fast, while its program is loaded */
#define FAST_TAIL_PLAIN 2  /* pod_fast, while no policies are enforced */
#define FAST_TAILS 3

#endif
