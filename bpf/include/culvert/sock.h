/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a socket remembers: which Service address stands for which backend. */
#ifndef CULVERT_SOCK_H
#define CULVERT_SOCK_H

#include <linux/in.h>

#include "addr.h"
#include "maps.h"
#include "maps_event.h"

static __always_inline bool sock_peer_has_service(const struct sock_peer *peer, const struct frontend_key *key)
{
	return peer->service_port == key->port && ip_equal(&peer->service, &key->address);
}

static __always_inline bool sock_peer_has_backend(const struct sock_peer *peer, const struct ip *address, __be16 port)
{
	return peer->backend_port == port && ip_equal(&peer->backend, address);
}

/* Remembers the peer of a connected socket. False when there is no memory for it. */
static __always_inline bool sock_remember_connected(struct bpf_sock_addr *ctx, const struct sock_peer *peer,
						    __u32 service)
{
	struct sock_connected *connected;
	struct sock_peer *stored;

	if (ctx->protocol == IPPROTO_TCP) {
		connected = bpf_sk_storage_get(&sock_connected, ctx->sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
		if (!connected)
			return false;
		connected->peer = *peer;
		connected->time = 0;
		connected->service = service;
		return true;
	}
	stored = bpf_sk_storage_get(&sock_peer, ctx->sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!stored)
		return false;
	*stored = *peer;
	return true;
}

/* A socket that connects to something else no longer stands for a Service. */
static __always_inline void sock_forget_connected(struct bpf_sock_addr *ctx)
{
	if (ctx->protocol == IPPROTO_TCP) {
		if (bpf_sk_storage_get(&sock_connected, ctx->sk, 0, 0))
			bpf_sk_storage_delete(&sock_connected, ctx->sk);
	} else if (bpf_sk_storage_get(&sock_peer, ctx->sk, 0, 0)) {
		bpf_sk_storage_delete(&sock_peer, ctx->sk);
	}
}

/* What it stands for, or null. TCP sockets that connected under an earlier agent are in sock_peer. */
static __always_inline struct sock_peer *sock_connected_peer(struct bpf_sock_addr *ctx)
{
	struct sock_connected *connected = NULL;

	if (ctx->protocol == IPPROTO_TCP)
		connected = bpf_sk_storage_get(&sock_connected, ctx->sk, 0, 0);
	if (connected)
		return &connected->peer;
	return bpf_sk_storage_get(&sock_peer, ctx->sk, 0, 0);
}

/* Finds the backend that this socket last used for a Service, and notes that it is about to be sent to. */
static __always_inline bool sock_find_service(struct bpf_sock_addr *ctx, const struct frontend_key *key,
					      struct sock_peer *peer)
{
	struct sock_peers *peers = bpf_sk_storage_get(&sock_peers, ctx->sk, 0, 0);
	bool found = false;

	if (!peers)
		return false;
	bpf_spin_lock(&peers->lock);
	for (int i = 0; i < SOCK_PEERS; i++) {
		if (!sock_peer_has_service(&peers->peer[i], key))
			continue;
		*peer = peers->peer[i];
		peers->last = i;
		found = true;
		break;
	}
	bpf_spin_unlock(&peers->lock);
	return found;
}

/*
 * Remembers a peer of a socket that is not connected, in place of what it remembered for the same Service or of its
 * oldest peer, which overflows. False when there is no memory for it.
 */
static __always_inline bool sock_remember_sent(struct bpf_sock_addr *ctx, const struct frontend_key *key,
					       const struct sock_peer *peer)
{
	struct sock_peers *peers = bpf_sk_storage_get(&sock_peers, ctx->sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	struct sock_overflow_key overflow = {};
	struct sock_peer oldest;
	__u32 slot = SOCK_PEERS;

	if (!peers)
		return false;
	oldest.service_port = 0;
	bpf_spin_lock(&peers->lock);
	for (int i = 0; i < SOCK_PEERS; i++) {
		if (sock_peer_has_service(&peers->peer[i], key)) {
			slot = i;
			break;
		}
	}
	if (slot == SOCK_PEERS) {
		__u16 next = peers->next;

		slot = next % SOCK_PEERS;
		oldest = peers->peer[slot];
		/* Stays at SOCK_PEERS or above once it got there: that is how the reader knows of the overflow. */
		peers->next = next + 1 < 2 * SOCK_PEERS ? next + 1 : SOCK_PEERS;
	}
	slot &= SOCK_PEERS - 1;
	peers->peer[slot] = *peer;
	peers->last = slot;
	bpf_spin_unlock(&peers->lock);

	if (oldest.service_port) {
		overflow.cookie = bpf_get_socket_cookie(ctx);
		overflow.backend = oldest.backend;
		overflow.backend_port = oldest.backend_port;
		return !bpf_map_update_elem(&sock_overflow, &overflow, &oldest, BPF_ANY);
	}
	return true;
}

/* Finds the Service that a backend stands for on this socket: as what it connected to, or as what it sent to. */
static __always_inline bool sock_find_backend(struct bpf_sock_addr *ctx, const struct ip *address, __be16 port,
					      struct sock_peer *peer)
{
	struct sock_peer *connected = sock_connected_peer(ctx);
	struct sock_overflow_key key = {};
	struct sock_peers *peers;
	struct sock_peer *older;
	bool overflowed;
	__u32 last;

	if (connected && sock_peer_has_backend(connected, address, port)) {
		*peer = *connected;
		return true;
	}
	peers = bpf_sk_storage_get(&sock_peers, ctx->sk, 0, 0);
	if (!peers)
		return false;

	bpf_spin_lock(&peers->lock);
	overflowed = peers->next >= SOCK_PEERS;
	last = peers->last & (SOCK_PEERS - 1);
	for (int i = 0; i < SOCK_PEERS; i++) {
		__u32 slot = (last + i) & (SOCK_PEERS - 1);

		if (!sock_peer_has_backend(&peers->peer[slot], address, port))
			continue;
		*peer = peers->peer[slot];
		bpf_spin_unlock(&peers->lock);
		return true;
	}
	bpf_spin_unlock(&peers->lock);

	if (!overflowed)
		return false;
	key.cookie = bpf_get_socket_cookie(ctx);
	key.backend = *address;
	key.backend_port = port;
	older = bpf_map_lookup_elem(&sock_overflow, &key);
	if (!older)
		return false;
	*peer = *older;
	return true;
}

#endif
