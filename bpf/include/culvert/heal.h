/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A connected UDP socket keeps sending to the backend that connect(2) chose, also when that is gone. Its datagrams are
 * given a live backend of the same Service here; replies come back as the old one, which the socket is connected to.
 */
#ifndef CULVERT_HEAL_H
#define CULVERT_HEAL_H

#include "service.h"
#include "parse.h"
#include "sock.h"

/* The Service of a datagram that its socket sends to a backend that is gone, or null. */
static __always_inline struct frontend *heal_connected(struct __sk_buff *skb, const struct packet *packet,
						       struct frontend_key *key)
{
	struct bpf_sock *sk = skb->sk;
	struct frontend *frontend;
	struct sock_peer *peer;

	if (!sk)
		return NULL;
	sk = bpf_sk_fullsock(sk);
	if (!sk)
		return NULL;
	peer = bpf_sk_storage_get(&sock_peer, sk, 0, 0);
	if (!peer || backend_is_published(peer->backend_id) ||
	    !sock_peer_has_backend(peer, &packet->destination, packet->destination_port))
		return NULL;
	key->address = peer->service;
	key->port = peer->service_port;
	frontend = frontend_find(key);
	/* A NodePort that was dialled on a loopback address, or on one that the node does not have any more. */
	if (!frontend && is_node_port(key->port))
		frontend = frontend_of_node_port(key);
	return frontend;
}

#endif
