/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Removes connections that have expired from the flow table, where they are: to read one into a process and to remove it from
 * there takes a dozen system calls. Those whose end was not told are written to whoever runs this, who tells and removes them.
 */
#include "culvert/flow.h"
#include "culvert/iteration.h"
#include "culvert/service.h"

/* The kernel's struct bpf_iter__bpf_map_elem, which never changes. */
struct iteration {
	struct iteration_meta *meta;
	void *map;
	struct flow_key *key;
	struct flow *flow; /* null at the end, as the key */
};

/* One pass. */
struct reaping {
	__u64 now;     /* when it began: CLOCK_MONOTONIC, nanoseconds */
	__u32 entries; /* that were seen */
	__u32 removed; /* of these */
	__u32 written; /* that whoever runs this is to remove */
	__u32 left;    /* that this is to remove another time: enough are written */
	__u32 silent;  /* 1: no end need be told */
	__u32 turns;   /* since the last pause */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct reaping);
} reaping SEC(".maps");

#define REAP_WRITTEN 16384 /* some MiB for a moment */

/*
 * The kernel may let nobody else have the processor before as much is written as is read at once: an entry of zeros after
 * this many turns, which take some hundred microseconds. To remove a connection takes as long as to look at several entries.
 * It goes on where it was by counting entries of a bucket, and may pass one over if one before it was just removed.
 */
#define REAP_TURNS 1024
#define REAP_MOST_TURNS 2048 /* where all there is is removed */
#define REAP_REMOVAL 32

/* What the entries of a connection show together. */
struct reap_whole {
	__u64 last_seen;
	__u32 entries;
	__u16 state;
	__u16 pad;
};

/* Adds the entry of a role, if it is there. */
static __noinline int reap_add(struct reap_whole *whole, const struct flow *flow, __u8 role)
{
	const struct flow *other;
	struct flow_key key;

	flow_role_key(&key, flow, role);
	other = bpf_map_lookup_elem(&flows, &key);
	if (!other || other->role != role || !flow_is_same(other, flow))
		return 0;
	if (!whole->entries++ || (__s64)(other->last_seen - whole->last_seen) > 0)
		whole->last_seen = other->last_seen;
	whole->state |= other->state;
	return 0;
}

/* Whether an entry is worth a look at its connection: whatever the others show, they cannot be older than this. */
static __always_inline bool reap_looks_at(const struct flow *flow, __u64 now)
{
	__u64 timeout = idle_timeout(flow->protocol != IPPROTO_UDP, flow->state & FLOW_ANSWERED, flow->state & FLOW_ENDS);

	return (__s64)(now - flow->last_seen) > (__s64)timeout;
}

static __always_inline bool reap_is_expired(const struct reap_whole *whole, __u8 protocol, __u64 now)
{
	__u64 timeout = idle_timeout(protocol != IPPROTO_UDP, whole->state & FLOW_ANSWERED, flow_has_ended(whole->state));

	return (__s64)(now - whole->last_seen) > (__s64)timeout;
}

/* A datagram of these would be given another backend, or none. */
static __always_inline bool reap_is_stale(const struct flow *flow)
{
	return flow->protocol == IPPROTO_UDP && !backend_is_published(flow->backend_id);
}

/* Removes the entries of a connection that are there. */
static __noinline int reap_remove(const struct flow *flow)
{
	flow_remove(flow, FLOW_FORWARD);
	flow_remove(flow, FLOW_REPLY);
	if (flow->state & FLOW_MASQUERADED)
		flow_remove(flow, FLOW_MASQUERADE);
	return 0;
}

/*
 * Looks at the connection of an entry: whether it was removed. A copy says which that is, because another one may have the
 * place of an entry as soon as that is removed.
 */
static __noinline bool reap(struct seq_file *seq, struct reaping *pass, const struct flow_key *key)
{
	struct flow *present = bpf_map_lookup_elem(&flows, key);
	struct reap_whole whole = {};
	struct flow flow;

	if (!present) {
		/* It was removed with another one, which counted it. */
		pass->entries--;
		return false;
	}
	flow = *present;
	reap_add(&whole, &flow, FLOW_FORWARD);
	reap_add(&whole, &flow, FLOW_REPLY);
	if (flow.state & FLOW_MASQUERADED)
		reap_add(&whole, &flow, FLOW_MASQUERADE);
	if (!whole.entries)
		return false;
	if (!reap_is_expired(&whole, flow.protocol, pass->now)) {
		if (!reap_is_stale(&flow))
			return false;
	} else if (pass->silent || whole.state & FLOW_TOLD) {
		reap_remove(&flow);
		pass->removed += whole.entries;
		pass->entries += whole.entries - 1;
		pass->turns += REAP_REMOVAL;
		return true;
	}
	if (pass->written >= REAP_WRITTEN) {
		pass->left++;
		return false;
	}
	if (!bpf_seq_write(seq, &flow, sizeof(flow)))
		pass->written++;
	return false;
}

static const struct flow reap_pause;

SEC("iter/bpf_map_elem")
int reap_flows(struct iteration *iteration)
{
	struct flow *seen = iteration->flow;
	struct flow_key *found = iteration->key, key;
	struct reaping *pass;
	bool removed = false;
	__u32 zero = 0;

	pass = bpf_map_lookup_elem(&reaping, &zero);
	if (!pass || !seen || !found)
		return 0;
	pass->entries++;
	key = *found;
	if (reap_looks_at(seen, pass->now) || reap_is_stale(seen))
		removed = reap(iteration->meta->seq, pass, &key);
	if (++pass->turns < (removed ? REAP_MOST_TURNS : REAP_TURNS))
		return 0;
	pass->turns = 0;
	bpf_seq_write(iteration->meta->seq, &reap_pause, sizeof(reap_pause));
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
