/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Events about sockets: the backend that one is given for a Service, or why it is refused. */
#ifndef CULVERT_EVENT_SOCKET_H
#define CULVERT_EVENT_SOCKET_H

#include "drop.h"
#include "event_ring.h"

/* 0: TCP sockets remember nothing, connect is cheaper, getpeername shows the backend. */
volatile const __u8 config_tcp_peer_name = 1;

/* bpf_get_netns_cookie of the node's own sockets; 0: every socket counts as a pod's. */
volatile const __u64 config_host_netns = 0;

/* The source is unknown: the socket has mostly none before it is connected. */
static __noinline int event_socket(struct bpf_sock_addr *ctx, const struct frontend_key *key,
				   const struct sock_peer *peer, __u32 service, __u32 reason)
{
	__u32 kind = peer ? EVENT_SOCKET : EVENT_DROP;
	struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);

	if (!event) {
		event_lose(kind);
		return 0;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->time = bpf_ktime_get_ns();
	event->kind = kind;
	event->verdict = peer ? EVENT_TRANSLATED : EVENT_DROPPED;
	event->reason = reason;
	event->hook = EVENT_AT_SOCKET;
	event->destination = key->address;
	event->destination_port = key->port;
	event->protocol = key->protocol;
	event->flags = EVENT_FLAG_DIRECTED | (peer ? EVENT_FLAG_ADDRESSED | EVENT_FLAG_SERVICE : EVENT_FLAG_REFUSED);
	if (peer) {
		event->translated = peer->backend;
		event->translated_port = peer->backend_port;
		event->service = service;
	}
	event->detail[0] = bpf_get_socket_cookie(ctx);
	event->detail[1] = bpf_get_current_cgroup_id();
	event->detail[2] = bpf_get_netns_cookie(ctx);
	event_submit(event);
	return 0;
}

/* Whether the SYN of a connection will say all that can be said of its socket: a program meets it, and finds the Service. */
static __always_inline bool sock_is_told_by_packet(struct bpf_sock_addr *ctx, const struct frontend_key *key)
{
	return key->protocol == IPPROTO_TCP && config_tcp_peer_name && config_host_netns &&
	       bpf_get_netns_cookie(ctx) != config_host_netns;
}

/* Of a backend that was chosen. */
static __always_inline void sock_tell(struct bpf_sock_addr *ctx, const struct frontend_key *key,
				      const struct sock_peer *peer, __u32 service)
{
	__u32 level = event_level();

	if (level >= EVENTS_LOW || (level == EVENTS_MEDIUM && !sock_is_told_by_packet(ctx, key)))
		event_socket(ctx, key, peer, service, 0);
}

/* Makes the system call fail with an error, which it returns. */
static __always_inline int sock_refuse(struct bpf_sock_addr *ctx, const struct frontend_key *key,
				       enum drop_reason reason, int error)
{
	drop_count(reason, 0);
	if (event_level() != EVENTS_OFF)
		event_socket(ctx, key, NULL, 0, reason);
	return error;
}

#endif
