/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * On the node of a backend: what another node hands it in an outer header goes on as if the client had dialled this node,
 * and had been given this backend. Its connection is opened by whichever packet of it comes first.
 */
#ifndef CULVERT_DSR_ARRIVE_H
#define CULVERT_DSR_ARRIVE_H

#include <stddef.h>

#include "connect.h"
#include "icmp_error.h"

#define DSR_NOT_OURS (-2) /* no verdict: another's tunnel, or none */

#define DSR_OUTER_MASK 127 /* outer headers are shorter: for the verifier, which does not know it */

/* What is known of a packet in an outer header before that is taken off. */
struct dsr_arrival {
	struct ip backend;
	__u16 shed;  /* bytes of the outer header */
	__be16 port; /* of the backend; 0 where the outer header does not say it */
};

/* Of a packet that comes in, whether a look at its outer header is worth while. For most it costs no more than this. */
static __always_inline bool dsr_may_arrive(struct __sk_buff *skb)
{
	bool v4 = skb->protocol == bpf_htons(ETH_P_IP);
	__u32 size = v4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	__be16 port;
	__u8 *ip;

	if (!v4 && skb->protocol != bpf_htons(ETH_P_IPV6))
		return false;
	ip = packet_bytes(skb, ETH_HLEN, sizeof(struct iphdr));
	if (!ip)
		return false;
	switch (v4 ? ip[offsetof(struct iphdr, protocol)] : ip[offsetof(struct ipv6hdr, nexthdr)]) {
	case IPPROTO_IPIP:
	case IPPROTO_IPV6:
		return true;
	case IPPROTO_UDP:
		return !bpf_skb_load_bytes(skb, ETH_HLEN + size + sizeof(port), &port, sizeof(port)) &&
		       port == bpf_htons(GENEVE_PORT);
	}
	return false;
}

/* Reads the outer header. False if it is not one of ours, or no other node's. */
static __noinline bool dsr_outer(struct __sk_buff *skb, struct dsr_arrival *arrival)
{
	struct dsr_geneve geneve, ours;
	struct packet outer = {};
	__u32 ip;

	if (packet_parse(skb, &outer) > PARSE_OTHER || outer.fragment || !node_address_is(&outer.source, NODE_ADDRESS_OTHER))
		return false;
	ip = outer.v4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	if (outer.l4_offset != ETH_HLEN + ip)
		return false;
	arrival->backend = outer.destination;
	arrival->shed = ip;
	if (outer.protocol == (outer.v4 ? IPPROTO_IPIP : IPPROTO_IPV6))
		return true;
	if (outer.protocol != IPPROTO_UDP ||
	    bpf_skb_load_bytes(skb, ETH_HLEN + ip + sizeof(struct udphdr), &geneve, sizeof(geneve)))
		return false;
	ours = dsr_geneve(outer.v4, geneve.port);
	arrival->port = geneve.port;
	arrival->shed = ip + sizeof(struct udphdr) + sizeof(geneve);
	return geneve.options == ours.options && geneve.flags == ours.flags && geneve.protocol == ours.protocol &&
	       geneve.option_class == ours.option_class && geneve.option_type == ours.option_type &&
	       geneve.option_length == ours.option_length && geneve.port;
}

/* Takes the outer header off. Non-zero when it failed: the packet must be dropped then. */
static __always_inline long dsr_shed(struct __sk_buff *skb, struct packet *packet, const struct dsr_arrival *arrival)
{
	if (bpf_skb_adjust_room(skb, -(__s32)arrival->shed, BPF_ADJ_ROOM_MAC, BPF_F_ADJ_ROOM_FIXED_GSO))
		return -1;
	packet->l4_offset -= arrival->shed;
	packet_sign(skb, packet);
	skb->cb[PACKET_HOOK] |= PACKET_MOVED;
	return 0;
}

/* Whether a connection is one of the client to this backend. */
static __always_inline bool dsr_is_same(const struct flow *flow, const struct packet *packet,
					const struct dsr_arrival *arrival)
{
	return flow_is_forward(flow, packet) && !(flow->state & (FLOW_DSR | FLOW_HOST)) &&
	       ip_equal(&flow->backend, &arrival->backend) && (!arrival->port || arrival->port == flow->backend_port);
}

/* The frontend outside of the cluster that a client has dialled, on whichever node. */
static __noinline struct frontend *dsr_frontend(const struct packet *packet)
{
	struct frontend_key key = packet_dials(packet);
	struct frontend *frontend = bpf_map_lookup_elem(&frontends, &key);

	if (!frontend)
		return is_node_port(key.port) ? frontend_of_node_port(&key) : NULL;
	return frontend_type(frontend) == FRONTEND_CLUSTER_IP || frontend_type(frontend) == FRONTEND_NODE_PORT ? NULL :
														  frontend;
}

/* A search through the backends of a Service, whichever sets they are in. */
struct dsr_search {
	struct ip address;
	__be16 port;
	__u32 next;
	__u32 found; /* 0: not found; the first slot is a header */
};

static long dsr_visit(__u32 turn, void *context)
{
	struct dsr_search *search = context;
	__u32 index = search->next++;
	union slot *slot = bpf_map_lookup_elem(&slots, &index);

	(void)turn;
	if (!slot || !ip_equal(&slot->backend.address, &search->address) ||
	    (search->port && search->port != slot->backend.port) || !(slot->backend.flags & BACKEND_LOCAL))
		return 0;
	search->found = index;
	return 1;
}

/* The backend that a packet was handed to, with what its connection begins with. False if it is not there any more. */
static __noinline bool dsr_backend(const struct frontend *frontend, const struct dsr_arrival *arrival,
				   struct choice *choice)
{
	struct dsr_search search = { .address = arrival->backend, .port = arrival->port };
	__u64 extent = service_extent(frontend);
	__u32 index = (__u32)extent;
	union slot *slot;

	if (!(extent & EXTENT_PUBLISHED))
		return false;
	slot = bpf_map_lookup_elem(&slots, &index);
	if (!slot)
		return false;
	choice->state = slot->header.flags & EXTENT_RESET_REMOVED ? FLOW_RESET_REMOVED : 0;
	search.next = index + 1;
	bpf_loop(extent_count(extent), dsr_visit, &search, 0);
	if (!search.found)
		return false;
	slot = bpf_map_lookup_elem(&slots, &search.found);
	if (!slot)
		return false;
	choice->backend = &slot->backend;
	return true;
}

/* Whether packets to an address end here, or would if it still had somebody: those that only pass by lead to another device. */
static __noinline bool dsr_ends_here(struct __sk_buff *skb, const struct packet *packet, const struct ip *address)
{
	struct device_key key = { .ifindex = route_device(skb, packet, address) };
	struct device *device = bpf_map_lookup_elem(&devices, &key);

	return (int)key.ifindex <= 0 || (device && device->flags & DEVICE_PODS);
}

/* Refuses a packet. The answer goes wherever the route to the client leads, and not to the node that handed it on. */
static __always_inline int dsr_reject(struct __sk_buff *skb, const struct packet *packet, int reason)
{
	int verdict = packet_reject(skb, packet, reason, 0), device;

	if (verdict != TC_ACT_REDIRECT)
		return verdict;
	device = route_device(skb, packet, &packet->source);
	return device > 0 ? bpf_redirect_neigh(device, NULL, 0, 0) : TC_ACT_SHOT;
}

/*
 * For a backend that is not here, or not any more. A client that has a connection is told that it is over. Another's first
 * packet is not answered: it will be repeated, and the node that the client dials knows better by then.
 */
static __always_inline int dsr_without_backend(struct __sk_buff *skb, struct packet *packet,
					       const struct dsr_arrival *arrival)
{
	if (!dsr_ends_here(skb, packet, &arrival->backend))
		return DSR_NOT_OURS;
	if (dsr_shed(skb, packet, arrival))
		return packet_drop(skb, DROP_WRITE_ERROR);
	if (packet->protocol != IPPROTO_TCP || packet->fragment || packet->signals & (PACKET_OPEN | PACKET_RESET))
		return packet_drop(skb, DROP_DSR_NO_BACKEND);
	return dsr_reject(skb, packet, DROP_DSR_NO_BACKEND);
}

/* An ICMP error about what a backend has answered. */
static __noinline int dsr_error(struct __sk_buff *skb, struct packet *packet, const struct dsr_arrival *arrival)
{
	struct packet answer = {};
	struct flow *flow;

	if (icmp_kind(skb, packet) != ICMP_ERROR)
		return DSR_NOT_OURS;
	flow = icmp_flow(skb, packet, &answer);
	if (!flow || !dsr_is_same(flow, &answer, arrival))
		return DSR_NOT_OURS;
	if (dsr_shed(skb, packet, arrival))
		return packet_drop(skb, DROP_WRITE_ERROR);
	answer.l4_offset -= arrival->shed;
	return icmp_translate(skb, packet, &answer, flow, TRANSLATE_FORWARD);
}

/* A packet that goes on with no connection, or begins one. */
static __always_inline int dsr_open(struct __sk_buff *skb, struct packet *packet, const struct dsr_arrival *arrival)
{
	struct frontend *frontend = dsr_frontend(packet);
	struct choice choice = {};
	struct flow *flow;
	int reason;

	if (!frontend)
		return DSR_NOT_OURS;
	if (!dsr_backend(frontend, arrival, &choice))
		return dsr_without_backend(skb, packet, arrival);
	if (dsr_shed(skb, packet, arrival))
		return packet_drop(skb, DROP_WRITE_ERROR);
	if (!packet->source_port)
		return packet_drop(skb, DROP_INVALID_PACKET);
	flow = flow_find(packet);
	if (flow)
		flow_delete(flow);
	reason = connect_establish(packet, frontend->service, &choice, open_pair(packet_length(skb), ROUTE_UNKNOWN));
	if (reason)
		return packet_drop(skb, reason);
	flow = flow_find(packet);
	if (!flow || !dsr_is_same(flow, packet, arrival))
		return packet_drop(skb, DROP_FLOW_TABLE_FULL);
	return translate(skb, packet, flow, TRANSLATE_FORWARD);
}

/* A packet with ports, or a later fragment that was given those of its first. */
static __always_inline int dsr_packet(struct __sk_buff *skb, struct packet *packet, const struct dsr_arrival *arrival)
{
	struct flow *flow = flow_find(packet);
	bool opens = packet->fragment != FRAGMENT_LATER && packet_may_open(packet);
	__u64 now = flow_clock();

	if (!flow || !dsr_is_same(flow, packet, arrival) || flow_is_expired(flow, now) ||
	    (opens && !connect_continues(flow, packet)))
		return packet->fragment == FRAGMENT_LATER ? DSR_NOT_OURS : dsr_open(skb, packet, arrival);
	if (dsr_shed(skb, packet, arrival))
		return packet_drop(skb, DROP_WRITE_ERROR);
	if (connect_is_reset(flow, packet)) {
		flow_account(flow, packet_length(skb), FLOW_RESET, now);
		return dsr_reject(skb, packet, DROP_BACKEND_REMOVED);
	}
	flow_account(flow, packet_length(skb), flow_state_forward(packet->signals), now);
	return translate(skb, packet, flow, TRANSLATE_FORWARD);
}

/*
 * What comes in with an outer header is ours if another node sends it, for a Service and one of its backends here.
 * Everything is in one frame: opening a connection needs most of the stack.
 */
static __noinline int dsr_arrive(struct __sk_buff *skb)
{
	struct dsr_arrival arrival = {};
	struct packet packet = {};
	int verdict = DSR_NOT_OURS, parsed;

	if (!dsr_outer(skb, &arrival))
		return DSR_NOT_OURS;
	parsed = packet_parse_at(skb, &packet, ETH_HLEN + (arrival.shed & DSR_OUTER_MASK));
	/* Datagrams that were put together to one of many have more than one outer header, and tell only of the first. */
	if (arrival.port && skb->gso_size && packet.l4_length && packet.l4_offset + packet.l4_length != skb->len)
		return packet_drop(skb, DROP_WRITE_ERROR);
	switch (parsed) {
	case PARSE_OK:
		if (packet.fragment)
			fragment_forget(&packet);
		verdict = dsr_packet(skb, &packet, &arrival);
		break;
	case PARSE_FRAGMENT:
		if (fragment_find(&packet))
			verdict = dsr_packet(skb, &packet, &arrival);
		break;
	case PARSE_OTHER:
		verdict = dsr_error(skb, &packet, &arrival);
		break;
	case PARSE_UNREADABLE:
		return packet_drop(skb, DROP_WRITE_ERROR);
	}
	/* Whoever else listens at the port of Geneve does not know the option. */
	if (verdict == DSR_NOT_OURS && arrival.port && dsr_ends_here(skb, &packet, &arrival.backend))
		return packet_drop(skb, DROP_DSR_NO_BACKEND);
	return verdict;
}

#endif
