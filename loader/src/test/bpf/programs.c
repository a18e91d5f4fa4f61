/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs and maps of every kind that the tests of the loader attach, configure and run. */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>

volatile const __u8 config_enabled = 0;
volatile const __u16 config_port = 80;
volatile const __u32 config_verdict = TC_ACT_OK;
volatile const __u64 config_limit = 5;
volatile const struct {
	__be32 word[4];
} config_address;

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, __u64);
} counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

static __always_inline void count(__u32 place, __u64 value)
{
	__u64 *counter = bpf_map_lookup_elem(&counts, &place);

	if (counter)
		__sync_fetch_and_add(counter, value);
}

SEC("tc")
int first(struct __sk_buff *skb)
{
	count(0, 1);
	return skb ? config_verdict : 0;
}

SEC("tc")
int second(struct __sk_buff *skb)
{
	count(1, 1);
	return skb ? config_verdict : 0;
}

/* Shows in the packet what the configuration is. */
SEC("tc")
int configuration(struct __sk_buff *skb)
{
	struct {
		__u64 limit;
		__u32 address;
		__u16 port;
		__u8 enabled;
		__u8 pad;
	} shown = { config_limit, config_address.word[3], config_port, config_enabled, 0 };

	bpf_skb_store_bytes(skb, 14, &shown, sizeof(shown), 0);
	return skb->mark;
}

SEC("cgroup/connect4")
int connect_first(struct bpf_sock_addr *ctx)
{
	count(2, 1);
	return ctx != NULL;
}

SEC("cgroup/connect4")
int connect_second(struct bpf_sock_addr *ctx)
{
	count(3, 1);
	return ctx != NULL;
}

SEC("xdp")
int xdp_first(struct xdp_md *ctx)
{
	count(4, 1);
	return ctx ? XDP_PASS : XDP_DROP;
}

SEC("xdp")
int xdp_second(struct xdp_md *ctx)
{
	count(5, 1);
	return ctx ? XDP_PASS : XDP_DROP;
}

char _license[] SEC("license") = "Dual BSD/GPL";
