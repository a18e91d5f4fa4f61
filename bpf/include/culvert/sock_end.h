/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * TCP connections whose sockets were given a backend: no packet of theirs is in a table, so that TCP itself is asked what it
 * carried when they end.
 */
#ifndef CULVERT_SOCK_END_H
#define CULVERT_SOCK_END_H

#include <linux/in.h>

#include "event_ring.h"

#define SOCK_FAMILY_IPV4 2 /* AF_INET, whose header is the C library's */
#define SOCK_END_CLOSED 0x11 /* FIN and ACK, as in the header */
#define SOCK_END_RESET 0x14  /* RST and ACK */

/* Notes when a socket with a peer connects, and asks to be called when it ends. */
static __always_inline void sock_begin(struct bpf_sock_ops *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct sock_connected *connected;

	if (!sk || event_level() == EVENTS_OFF)
		return;
	connected = bpf_sk_storage_get(&sock_connected, sk, 0, 0);
	if (!connected)
		return;
	connected->time = bpf_ktime_get_ns();
	bpf_sock_ops_cb_flags_set(ctx, ctx->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG);
}

static __always_inline void sock_set_source(struct event *event, const struct bpf_sock_ops *ctx)
{
	if (ctx->family == SOCK_FAMILY_IPV4) {
		event->source = ip_from_v4(ctx->local_ip4);
	} else {
		event->source.word[0] = ctx->local_ip6[0];
		event->source.word[1] = ctx->local_ip6[1];
		event->source.word[2] = ctx->local_ip6[2];
		event->source.word[3] = ctx->local_ip6[3];
	}
	event->source_port = bpf_htons(ctx->local_port);
}

/* How the client's side ended: by its FIN, or cut off, by whomever. Of what never was a connection nothing. was: its last state */
static __always_inline __u8 sock_end_flags(__u32 was)
{
	switch (was) {
	case BPF_TCP_SYN_SENT:
		return 0;
	case BPF_TCP_ESTABLISHED:
	case BPF_TCP_CLOSE_WAIT:
		return SOCK_END_RESET;
	default:
		return SOCK_END_CLOSED;
	}
}

/* Tells of the end, as of what the client sends. The SYN is in what was acknowledged. */
static __always_inline void sock_end(struct bpf_sock_ops *ctx)
{
	struct bpf_sock *sk = ctx->sk;
	struct sock_connected *connected;
	const struct sock_peer *peer;
	struct event *event;

	if (!sk || event_level() == EVENTS_OFF)
		return;
	connected = bpf_sk_storage_get(&sock_connected, sk, 0, 0);
	if (!connected || !connected->time)
		return;
	peer = &connected->peer;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		event_lose(EVENT_CLOSE);
		return;
	}
	__builtin_memset(event, 0, sizeof(*event));
	event->time = bpf_ktime_get_ns();
	event->kind = EVENT_CLOSE;
	event->verdict = EVENT_FORWARDED;
	event->hook = EVENT_AT_FROM_POD;
	event->protocol = IPPROTO_TCP;
	event->tcp_flags = sock_end_flags(ctx->args[0]);
	event->flags = EVENT_FLAG_DIRECTED | EVENT_FLAG_ADDRESSED | EVENT_FLAG_SERVICE |
		       (bpf_get_netns_cookie(ctx) == config_host_netns ? EVENT_FLAG_HOST : 0);
	event->service = connected->service;
	sock_set_source(event, ctx);
	event->destination = peer->service;
	event->destination_port = peer->service_port;
	event->translated = peer->backend;
	event->translated_port = peer->backend_port;
	event->detail[0] = ctx->bytes_acked ? ctx->bytes_acked - 1 : 0;
	event->detail[1] = ctx->bytes_received;
	event->detail[2] = ctx->segs_out | (__u64)ctx->segs_in << 32;
	event->detail[3] = event->time - connected->time;
	event_submit(event);
}

#endif
