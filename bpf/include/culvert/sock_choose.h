/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What becomes of a destination that a process names in connect(2) or sendmsg(2). */
#ifndef CULVERT_SOCK_CHOOSE_H
#define CULVERT_SOCK_CHOOSE_H

#include <linux/errno.h>
#include <linux/in.h>

#include "event_socket.h"
#include "ranges.h"
#include "select.h"
#include "sock_policy.h"

#define SOCK_RAW 3 /* enum sock_type of the kernel: raw sockets have no ports */
#define CGROUP_DEPTH 16

/* Processes of the node reach NodePorts on 127.0.0.0/8 and ::1. */
volatile const __u8 config_localhost_node_ports = 0;

/* Zero to go on as the process asked, 1 to go to the peer, or the negative errno that the process gets. */
#define SOCK_UNCHANGED 0
#define SOCK_TRANSLATED 1
#define SOCK_COUNTED 2 /* translated, and the algorithm counts connections */

/* Whether the process lives in a cgroup whose sockets are left to the packet path. */
static __always_inline bool sock_is_opted_out(void)
{
	__u32 zero = 0;
	struct control *settings = bpf_map_lookup_elem(&control, &zero);
	struct cgroup_key key;

	if (!settings || !settings->opted_out)
		return false;
	for (int level = 1; level <= CGROUP_DEPTH; level++) {
		key.id = bpf_get_current_ancestor_cgroup_id(level);
		if (!key.id)
			return false;
		if (bpf_map_lookup_elem(&opted_out, &key))
			return true;
	}
	key.id = bpf_get_current_cgroup_id();
	return bpf_map_lookup_elem(&opted_out, &key);
}

/* Whether a socket is none of ours, for all its address says. Asked only when that is an address of Services. */
static __always_inline bool sock_is_left_alone(struct bpf_sock_addr *ctx)
{
	return ctx->type == SOCK_RAW || sock_is_opted_out();
}

/* Whether the socket is the node's own, and no pod's. */
static __always_inline bool sock_is_host(struct bpf_sock_addr *ctx)
{
	return config_host_netns && bpf_get_netns_cookie(ctx) == config_host_netns;
}

/* NodePorts on loopback addresses; connect(2) takes the unspecified address for one as well. */
static __always_inline bool sock_dials_itself(struct bpf_sock_addr *ctx, const struct frontend_key *key)
{
	return (ip_is_loopback(&key->address) || ip_is_unspecified(&key->address)) && sock_is_host(ctx);
}

static __always_inline struct frontend *sock_frontend(struct bpf_sock_addr *ctx, const struct frontend_key *key)
{
	struct frontend *frontend = frontend_find(key);

	if (!frontend && config_localhost_node_ports && is_node_port(key->port) && sock_dials_itself(ctx, key))
		frontend = frontend_of_node_port(key);
	return frontend;
}

/* What becomes of a destination that is no frontend. */
static __always_inline int sock_without_frontend(struct bpf_sock_addr *ctx, const struct frontend_key *key)
{
	if (cluster_ip_result(&key->address) != CLUSTER_IP_KNOWN ||
	    (key->protocol != IPPROTO_TCP && key->protocol != IPPROTO_UDP) || sock_is_left_alone(ctx))
		return SOCK_UNCHANGED;
	return sock_refuse(ctx, key, DROP_NO_BACKEND, -ECONNREFUSED);
}

/* The address that packets of a socket of this node will come from: its own, or the node's. */
static __always_inline void sock_client(struct bpf_sock_addr *ctx, bool v4, struct ip *client)
{
	struct bpf_sock *sk = ctx->sk;

	if (v4) {
		*client = ip_from_v4(sk && sk->src_ip4 ? sk->src_ip4 : config_node_ipv4.word[3]);
		return;
	}
	for (int i = 0; i < 4; i++)
		client->word[i] = sk ? sk->src_ip6[i] : 0;
	if (!ip_is_zero(client))
		return;
	for (int i = 0; i < 4; i++)
		client->word[i] = config_node_ipv6.word[i];
}

/* Whether what becomes of a connection depends on who the client is. */
static __always_inline bool frontend_needs_client(const struct frontend *frontend)
{
	__u32 flags = FRONTEND_NEEDS_CLIENT | FRONTEND_SOURCE_RANGES;

	/* Where no pod is known as one, externalTrafficPolicy Local holds for pods, but not for this node. */
	if (!config_detects_pods && frontend_type(frontend) != FRONTEND_CLUSTER_IP)
		flags |= FRONTEND_LOCAL_SET;
	return frontend->flags & flags;
}

static __always_inline int sock_choose(struct bpf_sock_addr *ctx, const struct frontend_key *key,
				       const struct frontend *frontend, struct sock_peer *peer)
{
	struct candidates candidates;
	const struct backend *backend;
	struct ip client = {};
	bool known = false;

	if (sock_is_left_alone(ctx))
		return SOCK_UNCHANGED;
	if (frontend_needs_client(frontend)) {
		if (!sock_is_host(ctx))
			return SOCK_UNCHANGED;
		sock_client(ctx, ip_is_v4(&key->address), &client);
		known = true;
		if (!frontend_admits(frontend, &client))
			return sock_refuse(ctx, key, DROP_SOURCE_RANGE, -ETIMEDOUT);
	}
	switch (service_candidates(frontend, frontend_is_local(frontend, true), &candidates)) {
	case CANDIDATES_UNPUBLISHED:
		return SOCK_UNCHANGED;
	case CANDIDATES_NONE:
		return sock_refuse(ctx, key, DROP_NO_BACKEND, -ECONNREFUSED);
	case CANDIDATES_ELSEWHERE:
		return sock_refuse(ctx, key, DROP_NO_LOCAL_BACKEND, -ETIMEDOUT);
	}
	/* A Service is just being given affinity or source hash, and its frontend does not say so yet. */
	if ((candidates.affinity_seconds || candidates.algorithm == ALGORITHM_SOURCE_HASH) && !known)
		return SOCK_UNCHANGED;
	backend = select_backend_for(&candidates, frontend->service, &client, &key->address,
				     connection_ports(0, key->port, key->protocol));
	/* A backend of the other family cannot be written into this socket's address. */
	if (!backend || ip_is_v4(&backend->address) != ip_is_v4(&key->address))
		return sock_refuse(ctx, key, DROP_NO_BACKEND, -ECONNREFUSED);
	if (sock_backend_is_judged(&backend->address) && !sock_is_host(ctx))
		return SOCK_UNCHANGED;
	peer->backend = backend->address;
	peer->backend_port = backend->port;
	peer->backend_id = backend->id;
	peer->service = key->address;
	peer->service_port = key->port;
	sock_tell(ctx, key, peer, frontend->service);
	return select_counts(candidates.algorithm) ? SOCK_COUNTED : SOCK_TRANSLATED;
}

#endif

