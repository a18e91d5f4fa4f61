/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Services on packets, for traffic that sock_lb did not see. Both programs are attached to the host's side of a pod's
 * interface: pod_ingress to what the pod sends, pod_egress to what it receives. Both directions of a connection are
 * translated at the client's interface, so that everything between it and the backend sees one pair of addresses.
 */
#include "culvert/connect.h"
#include "culvert/heal.h"

static __always_inline bool is_node_source(const struct packet *packet)
{
	__u16 port = bpf_ntohs(packet->destination_port);
	const volatile struct ip *node = packet->v4 ? &config_node_ipv4 : &config_node_ipv6;

	return ((port >= config_source_ports[0].first && port <= config_source_ports[0].last) ||
		(port >= config_source_ports[1].first && port <= config_source_ports[1].last)) &&
	       packet->destination.word[3] == node->word[3] && packet->destination.word[2] == node->word[2] &&
	       packet->destination.word[1] == node->word[1] && packet->destination.word[0] == node->word[0];
}

/* The Service that this packet may open a connection to, or null. */
static __always_inline struct frontend *pod_frontend(struct __sk_buff *skb, const struct packet *packet)
{
	struct frontend_key key = {
		.address = packet->destination,
		.port = packet->destination_port,
		.protocol = packet->protocol,
	};
	struct frontend *frontend = bpf_map_lookup_elem(&frontends, &key);

	if (frontend || packet->protocol != IPPROTO_UDP)
		return frontend;
	return heal_connected(skb, packet, &key);
}

SEC("tc")
int pod_ingress(struct __sk_buff *skb)
{
	struct frontend *frontend = NULL;
	struct packet packet = {};
	struct flow_key key;
	struct flow *flow;

	switch (packet_parse(skb, &packet)) {
	case PARSE_FOREIGN:
		return PACKET_PASS;
	case PARSE_UNREADABLE:
		return packet_drop(skb, DROP_WRITE_ERROR);
	}
	/* UDP tells nobody what it opens, so that each datagram is asked; of other connections only the first packet. */
	if (packet.protocol == IPPROTO_UDP || packet.signals & PACKET_OPEN) {
		frontend = pod_frontend(skb, &packet);
		if (!frontend && (packet.protocol != IPPROTO_UDP || !is_node_source(&packet)))
			return PACKET_PASS;
	}

	flow_packet_key(&key, &packet);
	flow = bpf_map_lookup_elem(&flows, &key);
	if (flow) {
		__u64 now = flow_clock();
		bool expired = flow_is_expired(flow, now);

		if (!expired && flow_is_forward(flow, &packet) && (!frontend || connect_continues(flow, &packet))) {
			flow_account(flow, skb, flow_state_forward(packet.signals), now);
			return translate_forward(skb, &packet, flow);
		}
		/* The pod answers itself: it is the one case in which a reply is translated as it leaves. */
		if (!expired && !frontend && flow->state & FLOW_HAIRPIN && flow_is_reply(flow, &packet)) {
			flow_account(flow, skb, flow_state_reply(packet.signals), now);
			return translate_reply(skb, &packet, flow);
		}
	}
	if (!frontend)
		return PACKET_PASS;
	if (flow)
		flow_delete(flow, true);
	return connect_service(skb, &packet, frontend, &key);
}

SEC("tc")
int pod_egress(struct __sk_buff *skb)
{
	struct packet packet = {};
	struct flow_key key;
	struct flow *flow;
	__u64 now;

	switch (packet_parse(skb, &packet)) {
	case PARSE_FOREIGN:
		return PACKET_PASS;
	case PARSE_UNREADABLE:
		return packet_drop(skb, DROP_WRITE_ERROR);
	}
	if (packet.signals & PACKET_OPEN)
		return PACKET_PASS;
	flow_packet_key(&key, &packet);
	flow = bpf_map_lookup_elem(&flows, &key);
	/* What a pod answered itself was translated when it left; here it passes as any other packet. */
	if (!flow || !flow_is_reply(flow, &packet) || flow->state & FLOW_HAIRPIN)
		return PACKET_PASS;
	now = flow_clock();
	if (flow_is_expired(flow, now))
		return PACKET_PASS;
	flow_account(flow, skb, flow_state_reply(packet.signals), now);
	return translate_reply(skb, &packet, flow);
}

char _license[] SEC("license") = "Dual BSD/GPL";
