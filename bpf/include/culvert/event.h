/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Events about packets: what is told of one, with the Service and the backend of its connection. */
#ifndef CULVERT_EVENT_H
#define CULVERT_EVENT_H

#include "event_ring.h"
#include "flow_find.h"
#include "parse.h"
#include "sock.h"
#include "turn.h"

/* Kind, verdict and drop reason, as one argument. */
#define EVENT_WHAT(kind, verdict, reason) ((__u32)(kind) | (__u32)(verdict) << 8 | (__u32)(reason) << 16)
#define EVENT_REFUSED (1u << 24) /* beside them: EVENT_FLAG_REFUSED */

#define TCP_FLAGS_OFFSET 13

/* Who sent it and to whom it goes, as the client dialled it, where a flow is known. */
static __always_inline void event_set_flow(struct event *event, const struct flow *flow, const struct packet *packet)
{
	bool reply = flow->role == FLOW_FORWARD ? !flow_is_forward(flow, packet) : flow_is_reply(flow, packet);

	event->flags |= EVENT_FLAG_DIRECTED | EVENT_FLAG_ADDRESSED | EVENT_FLAG_SERVICE;
	event->service = flow->service_index;
	if (reply) {
		event->flags |= EVENT_FLAG_IS_REPLY;
		event->source = flow->backend;
		event->source_port = flow->backend_port;
		event->destination = flow->client;
		event->destination_port = flow->client_port;
		event->translated = flow->service;
		event->translated_port = flow->service_port;
		return;
	}
	event->source = flow->client;
	event->source_port = flow->client_port;
	event->destination = flow->service;
	event->destination_port = flow->service_port;
	event->translated = flow->backend;
	event->translated_port = flow->backend_port;
}

static __always_inline bool event_set_peer(struct event *event, const struct sock_peer *peer)
{
	if (!sock_peer_has_backend(peer, &event->destination, event->destination_port))
		return false;
	event->flags |= EVENT_FLAG_DIRECTED | EVENT_FLAG_ADDRESSED;
	event->translated = event->destination;
	event->translated_port = event->destination_port;
	event->destination = peer->service;
	event->destination_port = peer->service_port;
	return true;
}

static __always_inline void event_set_service(struct event *event, __u32 service)
{
	event->flags |= EVENT_FLAG_SERVICE;
	event->service = service;
}

/* Of a datagram: its socket does not know which Service that was. A call: its key would lie on the stack of all others. */
static __noinline int event_set_datagram(struct event *event, struct bpf_sock *sk)
{
	struct sock_peer *peer = bpf_sk_storage_get(&sock_peer, sk, 0, 0);
	struct frontend_key key = {};
	struct frontend *frontend;

	if (!peer || !event_set_peer(event, peer))
		return 0;
	key.address = peer->service;
	key.port = peer->service_port;
	key.protocol = event->protocol;
	frontend = bpf_map_lookup_elem(&frontends, &key);
	if (frontend)
		event_set_service(event, frontend->service);
	return 0;
}

/* The socket that sends a packet, or null: veth pairs leave it that. */
static __always_inline struct bpf_sock *event_sender(const struct __sk_buff *skb)
{
	struct bpf_sock *sk = skb->sk;

	return sk ? bpf_sk_fullsock(sk) : NULL;
}

/* The same where the socket was given its backend when it connected. */
static __always_inline void event_set_socket(struct event *event, struct __sk_buff *skb)
{
	struct bpf_sock *sk = event_sender(skb);
	struct sock_connected *connected;

	if (!sk)
		return;
	if (event->protocol != IPPROTO_TCP) {
		event_set_datagram(event, sk);
		return;
	}
	connected = bpf_sk_storage_get(&sock_connected, sk, 0, 0);
	if (connected && event_set_peer(event, &connected->peer))
		event_set_service(event, connected->service);
}

/* Whether the end of a packet's connection will be told by its sender's socket, or just was. */
static __always_inline bool event_ends_with_socket(const struct __sk_buff *skb, const struct packet *packet)
{
	struct bpf_sock *sk = event_sender(skb);
	struct sock_connected *connected;

	if (!sk)
		return false;
	connected = bpf_sk_storage_get(&sock_connected, sk, 0, 0);
	return connected && connected->time &&
	       sock_peer_has_backend(&connected->peer, &packet->destination, packet->destination_port);
}

/* What ended a connection is told once, with what both directions counted. */
static __noinline int event_set_totals(struct event *event, struct flow *flow)
{
	struct flow *partner = flow_partner(flow);
	const struct flow *forward = flow->role == FLOW_FORWARD ? flow : partner;
	const struct flow *reply = flow->role == FLOW_FORWARD ? partner : flow;

	flow->state |= FLOW_TOLD;
	if (partner)
		partner->state |= FLOW_TOLD;
	event->kind = EVENT_CLOSE;
	if (forward) {
		event->detail[0] = forward->bytes;
		event->detail[2] = (__u32)forward->packets;
	}
	if (reply) {
		event->detail[1] = reply->bytes;
		event->detail[2] |= (__u64)reply->packets << 32;
	}
	event->detail[3] = flow->last_seen - flow->created;
	return 0;
}

/* Whether a packet of a connection is the one that ends it: the first FIN of one whose other side is not seen. */
static __always_inline bool event_is_end(const struct flow *flow, const struct packet *packet)
{
	bool ended = flow_has_ended(flow->state) ||
		     (flow->state & (FLOW_DSR | FLOW_CLIENT_CLOSED)) == (FLOW_DSR | FLOW_CLIENT_CLOSED);

	return packet->signals & (PACKET_CLOSE | PACKET_RESET) && ended &&
	       !(flow->state & FLOW_TOLD) && flow->role != FLOW_MASQUERADE;
}

/* Only what this node sends itself has come in by no interface. */
static __always_inline bool event_is_of_host(const struct __sk_buff *skb, __u32 hook)
{
	return (hook == EVENT_AT_TO_POD || hook == EVENT_AT_TO_NETWORK) && !skb->ingress_ifindex;
}

/* Flags of TCP, type and code of ICMP; nothing where the packet is cut short. */
static __always_inline void event_set_header(struct event *event, struct __sk_buff *skb, const struct packet *packet)
{
	__u32 offset = packet->l4_offset & IPV6_L4_OFFSET_MAX;
	__u8 bytes[2] = {}, *flags;

	if (packet->fragment == FRAGMENT_LATER || !offset)
		return;
	if (packet->protocol == IPPROTO_TCP) {
		flags = packet_bytes(skb, offset + TCP_FLAGS_OFFSET, sizeof(*flags));
		event->tcp_flags = flags ? *flags : 0;
	} else if (packet->protocol == (packet->v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6)) {
		bpf_skb_load_bytes(skb, offset, bytes, sizeof(bytes));
		event->icmp_type = bytes[0];
		event->icmp_code = bytes[1];
	}
}

/* Where a packet is seen. */
struct event_place {
	__u32 hook; /* EVENT_AT_*, in its low byte */
	__u32 ifindex;
	__u32 length; /* packet_length() */
};

/* Room for an event, with what a packet and where it is tell of it; null, and counted, where there is none. */
static __always_inline struct event *event_begin(const struct packet *packet, __u32 what, const struct event_place *place)
{
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event) {
		event_lose(what & 0xff);
		return NULL;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->time = bpf_ktime_get_ns();
	event->kind = what;
	event->verdict = what >> 8;
	event->reason = what >> 16;
	event->hook = place->hook;
	event->source = packet->source;
	event->destination = packet->destination;
	event->source_port = packet->source_port;
	event->destination_port = packet->destination_port;
	event->protocol = packet->protocol;
	event->ifindex = place->ifindex;
	event->length = place->length;
	event->flags = what & EVENT_REFUSED ? EVENT_FLAG_REFUSED : 0;
	if (packet->signals & (PACKET_OPEN | PACKET_ACCEPT))
		event->flags |= EVENT_FLAG_DIRECTED | (packet->signals & PACKET_ACCEPT ? EVENT_FLAG_IS_REPLY : 0);
	return event;
}

/*
 * The entry that a packet meets, or null; not looked for once more where that is known. What a pod opens and nothing
 * translated has none: an entry with its addresses would be of an earlier connection.
 */
static __always_inline struct flow *event_flow(const struct __sk_buff *skb, const struct packet *packet)
{
	__u32 hook = skb->cb[PACKET_HOOK];
	bool opens = packet->signals & PACKET_OPEN && (hook & 0xff) == EVENT_AT_FROM_POD && !(hook & PACKET_MOVED);

	return opens || hook & PACKET_DIRECT ? NULL : flow_find(packet);
}

/* What its connection tells, and all that was counted if it ends it. */
static __always_inline void event_of_flow(struct event *event, struct flow *flow, const struct packet *packet)
{
	event_set_flow(event, flow, packet);
	if (event->kind == EVENT_TRACE && event_is_end(flow, packet))
		event_set_totals(event, flow);
}

/*
 * Tells of a packet, which is not told of again at this hook. what: EVENT_WHAT(); identities: of the source, of the
 * destination above 32 bits
 */
__noinline int event_packet(struct __sk_buff *skb, const struct packet *packet, __u32 what, __u32 rule, __u64 identities)
{
	struct event_place place = { .ifindex = packet_interface(skb), .length = packet_length(skb) };
	struct event *event;
	struct flow *flow;

	if (!packet)
		return 0;
	place.hook = skb->cb[PACKET_HOOK];
	skb->cb[PACKET_HOOK] = place.hook | PACKET_TOLD;
	event = event_begin(packet, what, &place);
	if (!event)
		return 0;
	event->rule = rule;
	event->source_identity = identities;
	event->destination_identity = identities >> 32;
	if (event_is_of_host(skb, event->hook))
		event->flags |= EVENT_FLAG_HOST;
	event_set_header(event, skb, packet);
	flow = event_flow(skb, packet);
	if (flow)
		event_of_flow(event, flow, packet);
	else
		event_set_socket(event, skb);
	event_submit(event);
	return 0;
}

#endif
