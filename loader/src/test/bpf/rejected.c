/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One program that the verifier accepts and one that it refuses. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} numbers SEC(".maps");

SEC("tc")
int correct(struct __sk_buff *skb)
{
	return skb->mark;
}

SEC("tc")
int unchecked(struct __sk_buff *skb)
{
	__u32 key = skb->mark;
	__u64 *number = bpf_map_lookup_elem(&numbers, &key);

	return *number;
}

char _license[] SEC("license") = "Dual BSD/GPL";
