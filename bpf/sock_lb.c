/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Services at the socket: the backend is chosen when a process connects or sends, so that no packet needs translation.
 * The address that the process dialled is shown again by recvfrom(2) and getpeername(2).
 */
#include "culvert/sock.h"
#include "culvert/sock_bind.h"
#include "culvert/sock_choose.h"
#include "culvert/sock_end.h"
#include "culvert/sock_load.h"

static __always_inline int sock_connect(struct bpf_sock_addr *ctx, const struct frontend_key *key,
					struct sock_peer *peer)
{
	bool stream = key->protocol == IPPROTO_TCP;
	struct frontend *frontend = sock_frontend(ctx, key);
	int result = frontend ? sock_choose(ctx, key, frontend, peer) : sock_without_frontend(ctx, key);

	if (result == SOCK_COUNTED) {
		sock_connects(ctx, peer->backend_id);
		result = SOCK_TRANSLATED;
	} else {
		sock_connects_elsewhere(ctx);
	}
	if (result == SOCK_UNCHANGED)
		sock_forget_connected(ctx);
	if (!frontend || result != SOCK_TRANSLATED || (stream && !config_tcp_peer_name))
		return result;
	/* Without memory a TCP socket only loses the name of its peer; a UDP socket could not tell who answers. */
	return sock_remember_connected(ctx, peer, frontend->service) || stream ? SOCK_TRANSLATED : -ENOMEM;
}

static __always_inline int sock_send(struct bpf_sock_addr *ctx, const struct frontend_key *key, struct sock_peer *peer)
{
	struct frontend *frontend = sock_frontend(ctx, key);
	int result;

	/* First, so that a socket does not outlive the address that it sends to. */
	if (!frontend)
		return sock_without_frontend(ctx, key);
	if (sock_find_service(ctx, key, peer) && backend_is_published(peer->backend_id))
		return SOCK_TRANSLATED;
	result = sock_choose(ctx, key, frontend, peer);
	/* Datagrams are no connections: those of a socket that did not connect count nowhere. */
	if (result == SOCK_COUNTED)
		result = SOCK_TRANSLATED;
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

SEC("cgroup/post_bind4")
int sock_post_bind4(struct bpf_sock *sk)
{
	struct ip address = ip_from_v4(sk->src_ip4);

	return bpf_get_netns_cookie(sk) == config_host_netns ? bind_check(sk, &address) : 1;
}

SEC("cgroup/post_bind6")
int sock_post_bind6(struct bpf_sock *sk)
{
	struct ip address = { { sk->src_ip6[0], sk->src_ip6[1], sk->src_ip6[2], sk->src_ip6[3] } };

	return bpf_get_netns_cookie(sk) == config_host_netns ? bind_check(sk, &address) : 1;
}

/* What it returns is not looked at. */
SEC("cgroup/sock_release")
int sock_release(struct bpf_sock *sk)
{
	sock_closes(sk);
	return 1;
}

/* What it returns lets the answers of others stand. */
SEC("sockops")
int sock_ops(struct bpf_sock_ops *ctx)
{
	switch (ctx->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
		sock_begin(ctx);
		break;
	case BPF_SOCK_OPS_STATE_CB:
		if (ctx->args[1] == BPF_TCP_CLOSE)
			sock_end(ctx);
		break;
	}
	return 1;
}

char _license[] SEC("license") = "Dual BSD/GPL";
