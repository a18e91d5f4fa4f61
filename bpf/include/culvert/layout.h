/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Every structure that C and Java share. The Java side states the same layouts in io.culvert.maps and compares them
 * with the BTF of the objects (size, offset, width, byte order), in a unit test and again at load.
 *
 * Byte order is in the type: __be16 and __be32 are network order, __u16, __u32 and __u64 are the host's.
 * All padding is explicit and zero, because the kernel compares map keys as bytes.
 */
#ifndef CULVERT_LAYOUT_H
#define CULVERT_LAYOUT_H

#include <linux/bpf.h>
#include <linux/types.h>

/* Raised when a structure below changes, so that an agent refuses pins of another layout instead of misreading them. */
#define LAYOUT_VERSION 1

/* An address of either family: 16 bytes, IPv4 as ::ffff:a.b.c.d. All zero is the wildcard. */
struct ip {
	__be32 word[4];
};

/* frontends: where clients connect to. */
struct frontend_key {
	struct ip address;
	__be16 port;
	__u8 protocol;
	__u8 pad;
};

#define FRONTEND_LOCAL_SET (1u << 0) /* choose from the local set, not from the cluster set */

struct frontend {
	__u32 service; /* index into services */
	__u32 flags;   /* FRONTEND_* */
};

/*
 * services: one word a service port and family, written with release order after its extent is complete.
 * Zero means that no extent is published: the frontend acts as if it did not exist.
 */
#define EXTENT_START_BITS 32 /* bits 0-31: index of the header in slots */
#define EXTENT_COUNT_BITS 24 /* bits 32-55: number of backends that follow the header */
#define EXTENT_PLAIN (1ull << 56)     /* the cluster set is the whole extent, chosen at random: the header need not be read */
#define EXTENT_PUBLISHED (1ull << 63) /* tells an extent of no backends at slot 0 from no extent */

struct service {
	__u64 extent;
};

/* slots: a record is either a header or a backend; both are 32 bytes, two to a cache line. */
#define ALGORITHM_RANDOM 0

#define EXTENT_ENDPOINTS_ELSEWHERE (1u << 0) /* an empty local set is dropped, not refused: other nodes have endpoints */

struct extent_header {
	__u32 service;          /* index of the owner in services */
	__u32 generation;       /* counts the extents that this service has had */
	__u32 local_count;      /* the local set is backends [0, local_count) */
	__u32 cluster_first;    /* the cluster set is backends [cluster_first, cluster_first + cluster_count) */
	__u32 cluster_count;
	__u32 affinity_seconds; /* 0: no session affinity */
	__u32 flags;            /* EXTENT_* */
	__u8 algorithm;         /* ALGORITHM_* */
	__u8 pad[3];
};

#define BACKEND_LOCAL (1u << 0)       /* on this node */
#define BACKEND_TERMINATING (1u << 1) /* chosen only because nothing else is usable */

struct backend {
	struct ip address;
	__be16 port;
	__u16 weight; /* 1 where nothing else is asked for */
	__u32 id;     /* index into backends in the low BACKEND_INDEX_BITS, reuse count above; never 0 */
	__u8 zone;    /* 0: unknown */
	__u8 flags;   /* BACKEND_* */
	__u8 pad[6];
};

union slot {
	struct extent_header header;
	struct backend backend;
};

/*
 * backends: entry (id & BACKEND_INDEX_MASK) holds the id of the backend that is published there, or the reuse count of
 * the next one above an index of 0, which no id has. A flow whose backend id differs from it talks to a backend that no
 * longer serves that Service. An id names one {service port, address, port}.
 */
#define BACKEND_INDEX_BITS 20
#define BACKEND_INDEX_MASK ((1u << BACKEND_INDEX_BITS) - 1)

struct published_backend {
	__u32 id;
};

/*
 * flows: connections that are translated packet by packet. The key is the 5-tuple as seen on one side of the
 * translation, with its two ends in an order that does not depend on direction, so that both directions meet one entry:
 * low is the end whose address is the smaller number in network order; of equal addresses, the one whose port is.
 */
struct flow_key {
	struct ip low;
	struct ip high;
	__be16 low_port;
	__be16 high_port;
	__u8 protocol;
	__u8 pad[3];
};

#define FLOW_FORWARD 0 /* keyed by {client, service} */
#define FLOW_REPLY 1   /* keyed by {source, backend} */

#define FLOW_SYN (1u << 0)           /* the client sent SYN */
#define FLOW_ANSWERED (1u << 1)      /* the backend answered */
#define FLOW_CLIENT_CLOSED (1u << 2) /* FIN from the client */
#define FLOW_SERVER_CLOSED (1u << 3) /* FIN from the backend */
#define FLOW_RESET (1u << 4)         /* RST from either side */
#define FLOW_HAIRPIN (1u << 5)       /* client and backend are one pod: source is a node address */
#define FLOW_MASQUERADED (1u << 6)   /* source and source_port differ from the client's: both ends are rewritten */

/* What an established packet needs comes first: two cache lines after the key, in whichever direction it goes. */
struct flow {
	struct ip client;
	struct ip service;
	struct ip backend;
	__be16 client_port;
	__be16 service_port;
	__be16 backend_port;
	__be16 source_port;
	__u8 protocol;
	__u8 role;   /* FLOW_FORWARD or FLOW_REPLY */
	__u16 state; /* FLOW_SYN ... FLOW_MASQUERADED; both entries of a connection carry what their own packets showed */
	__u32 backend_id;
	__u64 last_seen; /* CLOCK_MONOTONIC, nanoseconds, of a packet that matched this entry */
	__u64 packets;   /* in the direction that this entry's role translates; a GSO packet counts once */
	__u64 bytes;     /* of whole packets, from the network header */
	__u64 created;   /* CLOCK_MONOTONIC, nanoseconds */
	struct ip source; /* what the backend sees as its peer: the client, or a node address for a hairpin */
	__u32 service_index;
	__u8 pad[4];
};

/* sock_peer, sock_peers: which Service address stands for which backend, for the life of one socket. */
struct sock_peer {
	struct ip backend;
	struct ip service;
	__be16 backend_port;
	__be16 service_port;
	__u32 backend_id;
};

#define SOCK_PEERS 8

/* For sockets that send to several Services without connecting; older peers overflow into sock_overflow. */
struct sock_peers {
	struct bpf_spin_lock lock; /* threads that share the socket */
	__u16 next; /* where the next peer goes, modulo SOCK_PEERS; at least that once all are used and the oldest overflow */
	__u16 last; /* the peer that was sent to last: of two Services with one backend, the one that is answered */
	struct sock_peer peer[SOCK_PEERS];
};

struct sock_overflow_key {
	__u64 cookie; /* bpf_get_socket_cookie */
	struct ip backend;
	__be16 backend_port;
	__u8 pad[6];
};

/* opted_out: cgroups whose sockets are left to the packet path (annotation culvert.io/socket-lb: "off"). */
struct cgroup_key {
	__u64 id; /* inode number of the cgroup directory */
};

/* control: one record that the agent writes through mapped memory. */
struct control {
	__u32 layout_version;
	__u32 opted_out; /* number of entries in opted_out, so that nothing is looked up when there are none */
};

/* drops: packets and bytes by reason. Reasons shared with Hubble keep Hubble's numbers. */
enum drop_reason {
	DROP_INVALID_PACKET = 134,
	DROP_WRITE_ERROR = 141,
	DROP_FLOW_TABLE_FULL = 155,
	DROP_NO_BACKEND = 158,
	DROP_NO_LOCAL_BACKEND = 210,
	DROP_NO_SOURCE_PORT = 167,
	DROP_REJECT_RATE_LIMITED = 198,
	DROP_REASONS = 256,
};

/* reject_bucket: what is left of this CPU's budget for RST and ICMP answers. */
struct token_bucket {
	__u64 refilled; /* CLOCK_MONOTONIC, nanoseconds */
	__u64 tokens;   /* nanoseconds of budget: an answer costs a second divided by the rate */
};

struct drop_count {
	__u64 packets;
	__u64 bytes;
};

#endif
