/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
#include "culvert/maps.h"

SEC("cgroup/connect4")
int sock_connect4(struct bpf_sock_addr *ctx)
{
	struct frontend_key key = { .port = (__be16)ctx->user_port };

	return bpf_map_lookup_elem(&frontends, &key) || bpf_map_lookup_elem(&services, &(__u32){ 0 }) ||
	       bpf_map_lookup_elem(&slots, &(__u32){ 0 }) ? 1 : 1;
}

char _license[] SEC("license") = "Dual BSD/GPL";
