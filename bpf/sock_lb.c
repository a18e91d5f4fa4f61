/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Services at the socket: the backend is chosen when a process connects or sends, so that no packet needs translation.
 * The address that the process dialled is shown again by recvfrom(2) and getpeername(2).
 */
#include <linux/errno.h>
#include <linux/in.h>

#include "culvert/config_node.h"
#include "culvert/drop.h"
#include "culvert/select.h"
#include "culvert/sock.h"

#define SOCK_RAW 3 /* enum sock_type of the kernel: raw sockets have no ports */
#define CGROUP_DEPTH 16

/* 0: TCP sockets remember nothing, connect is cheaper, getpeername shows the backend. */
volatile const __u8 config_tcp_peer_name = 1;

/* Processes of the node reach NodePorts on 127.0.0.0/8 and ::1. */
volatile const __u8 config_localhost_node_ports = 0;

/* bpf_get_netns_cookie of the node's own sockets; 0: every socket counts as a pod's. */
volatile const __u64 config_host_netns = 0;

/* Zero to go on as the process asked, 1 to go to the peer, or the negative errno that the process gets. */
#define SOCK_UNCHANGED 0
#define SOCK_TRANSLATED 1

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

static __always_inline int sock_choose(struct bpf_sock_addr *ctx, const struct frontend_key *key,
				       const struct frontend *frontend, struct sock_peer *peer)
{
	struct candidates candidates;
	const struct backend *backend;

	if (ctx->type == SOCK_RAW || sock_is_opted_out())
		return SOCK_UNCHANGED;
	switch (service_candidates(frontend, &candidates)) {
	case CANDIDATES_UNPUBLISHED:
		return SOCK_UNCHANGED;
	case CANDIDATES_NONE:
		drop_count(DROP_NO_BACKEND, 0);
		return -ECONNREFUSED;
	case CANDIDATES_ELSEWHERE:
		drop_count(DROP_NO_LOCAL_BACKEND, 0);
		return -ETIMEDOUT;
	}
	backend = select_backend(&candidates);
	/* A backend of the other family cannot be written into this socket's address. */
	if (!backend || ip_is_v4(&backend->address) != ip_is_v4(&key->address)) {
		drop_count(DROP_NO_BACKEND, 0);
		return -ECONNREFUSED;
	}
	peer->backend = backend->address;
	peer->backend_port = backend->port;
	peer->backend_id = backend->id;
	peer->service = key->address;
	peer->service_port = key->port;
	return SOCK_TRANSLATED;
}

static __always_inline int sock_connect(struct bpf_sock_addr *ctx, const struct frontend_key *key,
					struct sock_peer *peer)
{
	struct frontend *frontend = bpf_map_lookup_elem(&frontends, key);
	bool stream = key->protocol == IPPROTO_TCP;
	int result = frontend ? sock_choose(ctx, key, frontend, peer) : SOCK_UNCHANGED;

	if (result == SOCK_UNCHANGED)
		sock_forget_connected(ctx);
	if (result != SOCK_TRANSLATED || (stream && !config_tcp_peer_name))
		return result;
	/* Without memory a TCP socket only loses the name of its peer; a UDP socket could not tell who answers. */
	return sock_remember_connected(ctx, peer) || stream ? SOCK_TRANSLATED : -ENOMEM;
}

static __always_inline int sock_send(struct bpf_sock_addr *ctx, const struct frontend_key *key, struct sock_peer *peer)
{
	struct frontend *frontend;
	int result;

	if (sock_find_service(ctx, key, peer) && backend_is_published(peer->backend_id))
		return SOCK_TRANSLATED;
	frontend = bpf_map_lookup_elem(&frontends, key);
	if (!frontend)
		return SOCK_UNCHANGED;
	result = sock_choose(ctx, key, frontend, peer);
	if (result == SOCK_TRANSLATED && !sock_remember_sent(ctx, key, peer))
		return -ENOMEM;
	return result;
}

/* What a cgroup program returns: 1 to go on, 0 to make the system call fail. */
static __always_inline int sock_finish(int result)
{
	if (result >= 0)
		return 1;
	bpf_set_retval(result);
	return 0;
}

static __always_inline struct frontend_key sock_key4(struct bpf_sock_addr *ctx)
{
	return (struct frontend_key){
		.address = ip_from_v4(ctx->user_ip4),
		.port = (__be16)ctx->user_port,
		.protocol = ctx->protocol,
	};
}

static __always_inline struct frontend_key sock_key6(struct bpf_sock_addr *ctx)
{
	return (struct frontend_key){
		.address = { { ctx->user_ip6[0], ctx->user_ip6[1], ctx->user_ip6[2], ctx->user_ip6[3] } },
		.port = (__be16)ctx->user_port,
		.protocol = ctx->protocol,
	};
}

static __always_inline void sock_set4(struct bpf_sock_addr *ctx, const struct ip *address, __be16 port)
{
	ctx->user_ip4 = address->word[3];
	ctx->user_port = port;
}

static __always_inline void sock_set6(struct bpf_sock_addr *ctx, const struct ip *address, __be16 port)
{
	ctx->user_ip6[0] = address->word[0];
	ctx->user_ip6[1] = address->word[1];
	ctx->user_ip6[2] = address->word[2];
	ctx->user_ip6[3] = address->word[3];
	ctx->user_port = port;
}

SEC("cgroup/connect4")
int sock_connect4(struct bpf_sock_addr *ctx)
{
	struct frontend_key key = sock_key4(ctx);
	struct sock_peer peer;
	int result = sock_connect(ctx, &key, &peer);

	if (result == SOCK_TRANSLATED)
		sock_set4(ctx, &peer.backend, peer.backend_port);
	return sock_finish(result);
}

SEC("cgroup/connect6")
int sock_connect6(struct bpf_sock_addr *ctx)
{
	struct frontend_key key = sock_key6(ctx);
	struct sock_peer peer;
	int result = sock_connect(ctx, &key, &peer);

	if (result == SOCK_TRANSLATED)
		sock_set6(ctx, &peer.backend, peer.backend_port);
	return sock_finish(result);
}

SEC("cgroup/sendmsg4")
int sock_sendmsg4(struct bpf_sock_addr *ctx)
{
	struct frontend_key key = sock_key4(ctx);
	struct sock_peer peer;
	int result = sock_send(ctx, &key, &peer);

	if (result == SOCK_TRANSLATED)
		sock_set4(ctx, &peer.backend, peer.backend_port);
	return sock_finish(result);
}

SEC("cgroup/sendmsg6")
int sock_sendmsg6(struct bpf_sock_addr *ctx)
{
	struct frontend_key key = sock_key6(ctx);
	struct sock_peer peer;
	int result = sock_send(ctx, &key, &peer);

	if (result == SOCK_TRANSLATED)
		sock_set6(ctx, &peer.backend, peer.backend_port);
	return sock_finish(result);
}

/* Both reverse hooks: the backend is shown as the Service that the process dialled. */
static __always_inline int sock_reverse4(struct bpf_sock_addr *ctx)
{
	struct frontend_key key = sock_key4(ctx);
	struct sock_peer peer;

	if (sock_find_backend(ctx, &key.address, key.port, &peer))
		sock_set4(ctx, &peer.service, peer.service_port);
	return 1;
}

static __always_inline int sock_reverse6(struct bpf_sock_addr *ctx)
{
	struct frontend_key key = sock_key6(ctx);
	struct sock_peer peer;

	if (sock_find_backend(ctx, &key.address, key.port, &peer))
		sock_set6(ctx, &peer.service, peer.service_port);
	return 1;
}

SEC("cgroup/recvmsg4")
int sock_recvmsg4(struct bpf_sock_addr *ctx)
{
	return sock_reverse4(ctx);
}

SEC("cgroup/recvmsg6")
int sock_recvmsg6(struct bpf_sock_addr *ctx)
{
	return sock_reverse6(ctx);
}

SEC("cgroup/getpeername4")
int sock_getpeername4(struct bpf_sock_addr *ctx)
{
	return sock_reverse4(ctx);
}

SEC("cgroup/getpeername6")
int sock_getpeername6(struct bpf_sock_addr *ctx)
{
	return sock_reverse6(ctx);
}

char _license[] SEC("license") = "Dual BSD/GPL";
