/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Connections of sockets that were given a backend by an algorithm that counts them. */
#ifndef CULVERT_SOCK_LOAD_H
#define CULVERT_SOCK_LOAD_H

#include "select_load.h"

static __always_inline void sock_uncount(struct sock_counted *counted)
{
	__u32 backend_id = __sync_lock_test_and_set(&counted->backend_id, 0);
	struct backend_load *load = backend_id ? load_of(backend_id) : NULL;

	if (load)
		load_remove(&load->sockets, backend_id);
}

/* A socket connects to something that is not counted. Costs others the look for storage that they do not have. */
static __always_inline void sock_connects_elsewhere(struct bpf_sock_addr *ctx)
{
	struct sock_counted *counted = bpf_sk_storage_get(&sock_counted, ctx->sk, 0, 0);

	if (counted)
		sock_uncount(counted);
}

/* A socket is about to connect to a backend. Without memory it is not counted. */
static __always_inline void sock_connects(struct bpf_sock_addr *ctx, __u32 backend_id)
{
	struct sock_counted *counted = bpf_sk_storage_get(&sock_counted, ctx->sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	struct backend_load *load;

	if (!counted)
		return;
	sock_uncount(counted);
	load = load_of(backend_id);
	if (!load)
		return;
	load_add(&load->sockets, backend_id);
	__sync_lock_test_and_set(&counted->backend_id, backend_id);
}

/* The last file descriptor of a socket is closed. */
static __always_inline void sock_closes(struct bpf_sock *sk)
{
	struct sock_counted *counted = bpf_sk_storage_get(&sock_counted, sk, 0, 0);

	if (counted)
		sock_uncount(counted);
}

#endif
