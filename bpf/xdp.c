/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* In the driver: takes packets in several buffers, which large frames are in. */
#include "culvert/xdp_lb.h"

SEC("xdp.frags")
int xdp_lb(struct xdp_md *ctx)
{
	return xdp_balance(ctx);
}

char _license[] SEC("license") = "Dual BSD/GPL";
