/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Behind the driver, where a program must not take several buffers: for one that does, Linux 6.18 copies the skb and
 * forgets how long its Ethernet header is, so that programs of tc see what is passed on begin with its network header.
 */
#include "culvert/xdp_lb.h"

SEC("xdp")
int xdp_generic(struct xdp_md *ctx)
{
	return xdp_balance(ctx);
}

char _license[] SEC("license") = "Dual BSD/GPL";
