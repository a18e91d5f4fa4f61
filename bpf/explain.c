/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What would become of a packet that opens a connection, for people: decided by the code that decides for traffic, on
 * the same maps, and nothing is written. Nobody attaches this; the agent runs it on a packet that it made.
 */
#include <linux/pkt_cls.h>

#include "culvert/choice.h"

#define EXPLAIN_NO_FRONTEND 3 /* beside CHOICE_* and the reasons of enum drop_reason; 0: translated */

/* Beside the state that a connection begins with. */
#define EXPLAIN_REMEMBERED (1u << 16) /* the client had this backend before */

/* As select_backend_for(), but a client without an affinity gets none, and turns are not taken. */
static __noinline const struct backend *explain_select(const struct candidates *candidates, __u32 service,
						       const struct packet *packet, __u32 *remembered)
{
	struct affinity_key key = { .service = service, .client = packet->source };
	struct candidates plain = *candidates;
	const struct backend *backend = NULL;
	struct affinity *last;
	__u32 hint, found;

	last = candidates->affinity_seconds ? bpf_map_lookup_elem(&affinity, &key) : NULL;
	if (last)
		backend = affinity_last(candidates, last, bpf_ktime_get_coarse_ns(), &hint, &found);
	*remembered = backend ? EXPLAIN_REMEMBERED : 0;
	if (backend)
		return backend;
	plain.affinity_seconds = 0;
	plain.flags |= SELECT_PEEK;
	return select_backend_for(&plain, service, &packet->source, &packet->destination,
				  connection_ports(packet->source_port, packet->destination_port, packet->protocol));
}

/* Writes into the packet whom the backend sees, and which backend that is; ports of a masquerade are chosen later. */
static __noinline int explain_rewrite(struct __sk_buff *skb, const struct packet *packet, const struct flow *flow)
{
	const struct ip *source = flow->state & FLOW_MASQUERADED ? &flow->masquerade : &flow->source;
	__u32 network = sizeof(struct ethhdr), size = packet->v4 ? 4 : 16;
	__u32 at = network + (packet->v4 ? offsetof(struct iphdr, saddr) : offsetof(struct ipv6hdr, saddr));

	if (packet->v4) {
		bpf_skb_store_bytes(skb, at, &source->word[3], 4, 0);
		bpf_skb_store_bytes(skb, at + size, &flow->backend.word[3], 4, 0);
	} else {
		bpf_skb_store_bytes(skb, at, source, 16, 0);
		bpf_skb_store_bytes(skb, at + size, &flow->backend, 16, 0);
	}
	return bpf_skb_store_bytes(skb, packet->l4_offset + 2, &flow->backend_port, 2, 0);
}

/* What a backend that was chosen makes of the connection. */
static __noinline int explain_connection(struct __sk_buff *skb, const struct packet *packet, const struct choice *choice)
{
	const struct backend *backend = choice->backend;
	struct flow flow = {
		.client = packet->source,
		.service = packet->destination,
		.backend = backend->address,
		.client_port = packet->source_port,
		.backend_port = backend->port,
		.protocol = packet->protocol,
		.state = choice->state,
	};

	if (!connect_set_source(packet, &flow, connect_device(skb, packet, choice)))
		return DROP_NO_SOURCE_PORT;
	skb->cb[2] = backend->id;
	skb->cb[3] |= flow.state;
	explain_rewrite(skb, packet, &flow);
	return 0;
}

static __always_inline int explain_frontend(struct __sk_buff *skb, const struct packet *packet,
					    const struct frontend *frontend, enum client client)
{
	struct candidates candidates;
	struct choice choice;
	__u32 remembered = 0;
	int reason;

	reason = connect_candidates(packet, frontend, client, &candidates);
	if (reason)
		return reason;
	reason = connect_choice(packet, frontend, client, &candidates,
				explain_select(&candidates, frontend->service, packet, &remembered), &choice);
	if (reason)
		return reason;
	choice_directly(packet, frontend, client, &choice);
	skb->cb[3] = remembered;
	return explain_connection(skb, packet, &choice);
}

/*
 * cb[0]: 1 if this node sends the packet, 0 if it comes in by the interface of the context. The answer is in cb: 0 or why
 * there is no connection, index into services, id of the backend, FLOW_* and EXPLAIN_REMEMBERED, enum client; and in the packet.
 */
SEC("tc")
int service_probe(struct __sk_buff *skb)
{
	struct frontend_key key = {};
	struct frontend *frontend;
	struct packet packet = {};
	enum client client;
	int answer;

	if (packet_parse(skb, &packet) != PARSE_OK)
		return TC_ACT_SHOT;
	client = skb->cb[0] ? CLIENT_HOST : client_of_packet(skb->ifindex, &packet);
	skb->cb[1] = 0;
	skb->cb[2] = 0;
	skb->cb[3] = 0;
	skb->cb[4] = client;
	key.address = packet.destination;
	key.port = packet.destination_port;
	key.protocol = packet.protocol;
	frontend = frontend_find(&key);
	if (frontend) {
		skb->cb[1] = frontend->service;
		answer = explain_frontend(skb, &packet, frontend, client);
	} else {
		switch (cluster_ip_result(&packet.destination)) {
		case CLUSTER_IP_KNOWN:
			answer = CHOICE_REFUSE;
			break;
		case CLUSTER_IP_UNALLOCATED:
			answer = DROP_UNALLOCATED;
			break;
		default:
			answer = EXPLAIN_NO_FRONTEND;
		}
	}
	skb->cb[0] = answer;
	return TC_ACT_OK;
}

char _license[] SEC("license") = "Dual BSD/GPL";
