/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How long connections are remembered. */
#ifndef CULVERT_TIMEOUT_H
#define CULVERT_TIMEOUT_H

#include <stdbool.h>

#include "config.h"
#include "flow_key.h"

/*
 * Nanoseconds without a packet after which an entry is as good as absent.
 * handshake: TCP and SCTP; what has none is treated as UDP. ended: was reset, or closed by both sides
 */
static __always_inline __u64 idle_timeout(bool handshake, bool answered, bool ended)
{
	if (!handshake)
		return (answered ? config_udp_stream_timeout : config_udp_timeout) * NANOSECONDS;
	if (ended)
		return config_tcp_closing_timeout * NANOSECONDS;
	return (answered ? config_tcp_established_timeout : config_tcp_syn_timeout) * NANOSECONDS;
}

#endif
