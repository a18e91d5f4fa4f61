/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Where the node would send a packet, which depends on its backend and is asked only when a connection begins. */
#ifndef CULVERT_ROUTE_H
#define CULVERT_ROUTE_H

#include "config.h"
#include "maps.h"
#include "parse.h"

#define ROUTE_UNKNOWN 0 /* no route, or the node does not forward */
#define ROUTE_HERE (-1) /* an address of this node */

#define FAMILY_IPV4 2 /* AF_INET and AF_INET6, whose header is the C library's */
#define FAMILY_IPV6 10

/* The question for a packet that came in by an interface and goes to an address. route: all zero */
static __always_inline void route_ask(struct bpf_fib_lookup *route, __u32 ifindex, const struct packet *packet,
				      const struct ip *to)
{
	route->ifindex = ifindex;
	route->l4_protocol = packet->protocol;
	route->sport = packet->source_port;
	if (packet->v4) {
		route->family = FAMILY_IPV4;
		route->ipv4_src = packet->source.word[3];
		route->ipv4_dst = to->word[3];
	} else {
		route->family = FAMILY_IPV6;
		__builtin_memcpy(route->ipv6_src, &packet->source, sizeof(route->ipv6_src));
		__builtin_memcpy(route->ipv6_dst, to, sizeof(route->ipv6_dst));
	}
}

/* What the answer says: the index of an interface, or ROUTE_*. result: of bpf_fib_lookup() */
static __always_inline int route_answer(const struct bpf_fib_lookup *route, long result)
{
	switch (result) {
	case BPF_FIB_LKUP_RET_SUCCESS:
	case BPF_FIB_LKUP_RET_NO_NEIGH:
	case BPF_FIB_LKUP_RET_FRAG_NEEDED:
		return route->ifindex;
	case BPF_FIB_LKUP_RET_NOT_FWDED:
		return ROUTE_HERE;
	}
	return ROUTE_UNKNOWN;
}

/* The interface by which packets of a client to a backend leave: its index, or ROUTE_*. */
__noinline int route_device(struct __sk_buff *skb, const struct packet *packet, const struct ip *backend)
{
	struct bpf_fib_lookup route = {};

	if (!packet || !backend)
		return ROUTE_UNKNOWN;
	route_ask(&route, skb->ifindex, packet, backend);
	return route_answer(&route, bpf_fib_lookup(skb, &route, sizeof(route), 0));
}

/* The node's primary address of a family; zero if it has none. */
static __always_inline void node_address(struct ip *address, bool v4)
{
	for (int i = 0; i < 4; i++)
		address->word[i] = v4 ? config_node_ipv4.word[i] : config_node_ipv6.word[i];
}

/* What stands for a client that leaves by a device: the device's address, or the node's. */
static __always_inline void device_address(struct ip *address, __u32 ifindex, bool v4)
{
	struct device_key key = { .ifindex = ifindex };
	struct device *device = bpf_map_lookup_elem(&devices, &key);

	if (device)
		*address = v4 ? device->ipv4 : device->ipv6;
	if (!device || ip_is_zero(address))
		node_address(address, v4);
}

#endif
