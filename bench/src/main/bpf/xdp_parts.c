/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What xdp_lb does to an established packet, step by step, each program one step more: where its nanoseconds go. */
#include "culvert/flow.h"
#include "culvert/route.h"
#include "culvert/xdp_parse.h"

/* What a test run costs by itself. */
SEC("xdp")
int xdp_nothing(struct xdp_md *ctx)
{
	(void)ctx;
	return XDP_TX;
}

SEC("xdp")
int xdp_parsed(struct xdp_md *ctx)
{
	struct packet packet = {};

	return xdp_parse(ctx, &packet) ? XDP_TX : XDP_PASS;
}

SEC("xdp")
int xdp_found(struct xdp_md *ctx)
{
	struct packet packet = {};

	return xdp_parse(ctx, &packet) && flow_find(&packet) ? XDP_TX : XDP_PASS;
}

SEC("xdp")
int xdp_routed(struct xdp_md *ctx)
{
	struct bpf_fib_lookup route = {};
	struct packet packet = {};
	struct flow *flow;

	if (!xdp_parse(ctx, &packet))
		return XDP_PASS;
	flow = flow_find(&packet);
	if (!flow)
		return XDP_PASS;
	route_ask(&route, ctx->ingress_ifindex, &packet, &flow->backend);
	return bpf_fib_lookup(ctx, &route, sizeof(route), 0) == BPF_FIB_LKUP_RET_SUCCESS ? XDP_TX : XDP_PASS;
}

char _license[] SEC("license") = "Dual BSD/GPL";
