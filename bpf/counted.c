/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Which sockets count as open at which backend. Nobody but their storage knows, and no system call lists that. */
#include "culvert/iteration.h"

/* The kernel's struct bpf_iter__bpf_sk_storage_map, which never changes. */
struct iteration {
	struct iteration_meta *meta;
	void *map;
	void *sk;
	struct sock_counted *counted; /* null at the end */
};

/* What is written of each socket that is counted. */
struct counted_socket {
	__u64 socket; /* its address in the kernel: the same socket has the same */
	__u32 backend_id;
	__u8 pad[4];
};

SEC("iter/bpf_sk_storage_map")
int counted_sockets(struct iteration *iteration)
{
	struct sock_counted *counted = iteration->counted;
	struct counted_socket socket = {};

	if (!counted || !counted->backend_id)
		return 0;
	socket.socket = (__u64)iteration->sk;
	socket.backend_id = counted->backend_id;
	bpf_seq_write(iteration->meta->seq, &socket, sizeof(socket));
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
