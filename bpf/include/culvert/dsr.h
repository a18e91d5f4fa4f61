/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Direct server return: the node that a client dials hands its packets, unchanged and in an outer header, to a backend of
 * another node, whose node answers the client itself. The outer header is from the node to the backend's own address:
 * IPIP (RFC 2003, RFC 2473), or Geneve (RFC 8926) with the backend's port. Every packet carries it.
 */
#ifndef CULVERT_DSR_H
#define CULVERT_DSR_H

#include <stdbool.h>

#include "parse.h"

#define GENEVE_PORT 6081
#define GENEVE_CRITICAL 0x40   /* who does not know an option drops the packet */
#define GENEVE_CLASS 0xff43    /* of those for experiments: none is assigned to us */
#define GENEVE_BACKEND_PORT 0x81

/* A Geneve header with our option, its lengths in words of four bytes. */
struct dsr_geneve {
	__u8 options;
	__u8 flags;
	__be16 protocol; /* of what follows, as an Ethernet type */
	__be32 network;
	__be16 option_class;
	__u8 option_type;
	__u8 option_length;
	__be16 port; /* of the backend */
	__be16 pad;
};

struct dsr_outer4 {
	struct iphdr ip;
	struct udphdr udp;
	struct dsr_geneve geneve;
};

struct dsr_outer6 {
	struct ipv6hdr ip;
	struct udphdr udp;
	struct dsr_geneve geneve;
};

static __always_inline struct dsr_geneve dsr_geneve(bool v4, __be16 port)
{
	return (struct dsr_geneve){
		.options = 2,
		.flags = GENEVE_CRITICAL,
		.protocol = v4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6),
		.option_class = bpf_htons(GENEVE_CLASS),
		.option_type = GENEVE_BACKEND_PORT,
		.option_length = 1,
		.port = port,
	};
}

#endif
