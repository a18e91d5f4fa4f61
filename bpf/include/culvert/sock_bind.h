/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Keeps processes of the node from binding a port that is a NodePort where they bind it: their clients would reach the
 * Service instead. kube-proxy does not do so any more; it is attached only where asked for.
 */
#ifndef CULVERT_SOCK_BIND_H
#define CULVERT_SOCK_BIND_H

#include "sock_choose.h"

/* Whether some client that dials an address that this one listens on reaches a NodePort. */
static __always_inline bool bind_takes_node_port(const struct ip *address, __be16 port, __u8 protocol)
{
	struct frontend_key key = { .address = *address, .port = port, .protocol = protocol };

	if (!ip_is_unspecified(address) && !node_address_is(address, NODE_ADDRESS_NODE_PORTS) &&
	    !(config_localhost_node_ports && ip_is_loopback(address)))
		return false;
	if (frontend_of_node_port(&key))
		return true;
	/* [::] listens on IPv4 as well, unless the socket says otherwise, which cannot be seen here. */
	key.address = ip_from_v4(0);
	return ip_is_zero(address) && frontend_of_node_port(&key);
}

/* What a post_bind program returns. */
static __always_inline int bind_check(struct bpf_sock *sk, const struct ip *address)
{
	__u16 port = sk->src_port;

	if ((sk->protocol != IPPROTO_TCP && sk->protocol != IPPROTO_UDP) || !is_node_port(bpf_htons(port)) ||
	    !bind_takes_node_port(address, bpf_htons(port), sk->protocol))
		return 1;
	drop_count(DROP_NODE_PORT_BIND, 0);
	bpf_set_retval(-EADDRINUSE);
	return 0;
}

#endif
