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

/*
 * Raised when a structure below changes, so that an agent converts the pins of an earlier one, or refuses them, instead
 * of misreading them: see io.culvert.maps.datapath.LayoutMigration.
 */
#define LAYOUT_VERSION 6

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

/*
 * A NodePort has one entry a family: its address is the family's wildcard (0.0.0.0 as ::ffff:0.0.0.0, or ::), and
 * node_addresses says where it is served.
 */
#define FRONTEND_CLUSTER_IP 0
#define FRONTEND_NODE_PORT 1
#define FRONTEND_LOAD_BALANCER 2
#define FRONTEND_EXTERNAL_IP 3

/*
 * FRONTEND_LOCAL_SET of a ClusterIP (internalTrafficPolicy) holds for every client. Of the other types
 * (externalTrafficPolicy) it holds for clients outside of the cluster; pods and this node use the cluster set.
 */
#define FRONTEND_LOCAL_SET (1u << 0)
#define FRONTEND_SOURCE_RANGES (1u << 1) /* only clients in source_ranges, which may hold none for this service */
#define FRONTEND_NEEDS_CLIENT (1u << 2)  /* sockets of pods are left to the packet path, which sees their address */
#define FRONTEND_DSR (1u << 3)           /* clients outside are answered by the backend itself, from wherever it is */
#define FRONTEND_TYPE_SHIFT 8            /* bits 8-9: FRONTEND_CLUSTER_IP ... FRONTEND_EXTERNAL_IP */

struct frontend {
	__u32 service; /* index into services */
	__u32 flags;   /* FRONTEND_* */
};

/* node_addresses, cluster_addresses: what is known of one address. */
struct address_key {
	struct ip address;
};

/* node_addresses: addresses of this node, and those of others that tell who may hand it packets in an outer header. */
#define NODE_ADDRESS_NODE_PORTS (1u << 0) /* NodePorts are served here */
#define NODE_ADDRESS_OTHER (1u << 1)      /* of another node of the cluster; all other entries are of this one */

/*
 * cluster_addresses holds the ClusterIPs that Services have: their other ports and protocols are refused, see
 * struct address_range. One that is an address of this node as well is left to it.
 */
#define CLUSTER_ADDRESS_LEAVE 0
#define CLUSTER_ADDRESS_REFUSE 1

/* devices: interfaces that carry our packet programs. */
#define DEVICE_PODS (1u << 0) /* what enters here comes from a pod, for the sake of local-traffic detection */

struct device_key {
	__u32 ifindex;
};

struct device {
	struct ip ipv4; /* source of connections that are masqueraded out of here; zero: the node's primary address */
	struct ip ipv6;
	__u32 flags; /* DEVICE_* */
	__u8 pad[12];
};

/* source_ranges: clients that a Service's load balancer addresses are for. Prefix lengths count the bits of service. */
struct source_range_key {
	__u32 prefixlen; /* 32 + bits of the address, of 128 */
	__u32 service;   /* index into services */
	struct ip address;
};

/* affinity: the backend that a client had last, shared by sockets and packets. */
struct affinity_key {
	__u32 service; /* index into services */
	struct ip client;
};

struct affinity {
	__u32 backend_id;
	__u32 offset;    /* where in the extent it was found last: a hint */
	__u64 last_used; /* CLOCK_MONOTONIC, nanoseconds, of the last new connection */
};

/* fragments: ports of a fragmented packet that is translated, which only its first fragment carries. */
struct fragment_key {
	struct ip source;
	struct ip destination;
	__u32 id;      /* in the host's order; IPv4 has 16 bits */
	__u8 protocol; /* IPv6: 0, because later fragments need not state it */
	__u8 pad[3];
};

struct fragment {
	__be16 source_port;
	__be16 destination_port;
	__u8 protocol;
	__u8 pad[3];
	__u64 seen; /* CLOCK_MONOTONIC, nanoseconds, of the first fragment */
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
#define ALGORITHM_ROUND_ROBIN 1
#define ALGORITHM_WEIGHTED_ROUND_ROBIN 2
#define ALGORITHM_LEAST_CONNECTION 3
#define ALGORITHM_WEIGHTED_LEAST_CONNECTION 4
#define ALGORITHM_SOURCE_HASH 5
#define ALGORITHM_DESTINATION_HASH 6
#define ALGORITHM_SHORTEST_EXPECTED_DELAY 7
#define ALGORITHM_NEVER_QUEUE 8
#define ALGORITHM_MAGLEV 9
#define ALGORITHM_POWER_OF_TWO 10

#define EXTENT_ENDPOINTS_ELSEWHERE (1u << 0) /* an empty local set is dropped, not refused: other nodes have endpoints */
#define EXTENT_RESET_REMOVED (1u << 1)       /* open TCP connections to a backend that was removed are reset */
#define EXTENT_TABLES (1u << 2)              /* struct extent_tables follows the backends, and then its entries */

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

/* Which backend of a set is next, or has which part of all keys: places in the set, SLOT_ENTRIES of them in a slot. */
#define SLOT_ENTRIES 16

struct extent_table {
	__u32 first;    /* slot of the first entries, counted from the header */
	__u32 entries;  /* 0: none, and position counts through the backends themselves */
	__u64 position; /* connections that round robin has given to this set: the one word here that programs write */
};

/*
 * With EXTENT_TABLES, in a slot of its own. Not a member of union slot, of which a record does not say what it is: see
 * io.culvert.maps.layout.LayoutConversion.
 */
struct extent_tables {
	struct extent_table cluster;
	struct extent_table local; /* follows it, and nothing lies between */
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
 * backend_loads: by the index of a backend's id, connections that are open to it, for algorithms that choose by their number.
 * Sockets and flows are counted apart, because only flows can be counted anew by looking at them all.
 */
struct load_count {
	__u32 id;   /* of the backend that is counted; open counts nothing of one with another id */
	__s32 open; /* below 0 for a moment where an end overtakes the beginning */
};

struct backend_load {
	struct load_count flows;
	struct load_count sockets;
};

/* sock_counted: the backend whose count a socket is in. */
struct sock_counted {
	__u32 backend_id; /* 0: none */
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

#define FLOW_FORWARD 0    /* keyed by {client, service} */
#define FLOW_REPLY 1      /* keyed by {source, backend} */
#define FLOW_MASQUERADE 2 /* keyed by {masquerade, backend}; only of connections with FLOW_MASQUERADED */

#define FLOW_SYN (1u << 0)           /* the client sent SYN */
#define FLOW_ANSWERED (1u << 1)      /* the backend answered; of TCP and SCTP: the handshake is over */
#define FLOW_CLIENT_CLOSED (1u << 2) /* FIN from the client */
#define FLOW_SERVER_CLOSED (1u << 3) /* FIN from the backend */
#define FLOW_RESET (1u << 4)         /* RST from either side */
#define FLOW_HAIRPIN (1u << 5)       /* client and backend are one pod: source is a node address */
#define FLOW_OTHER_SOURCE (1u << 6)  /* source and source_port differ from the client's: both ends are rewritten at once */
#define FLOW_MASQUERADED (1u << 7)   /* towards the backend source is replaced by masquerade, as the packet leaves the node */
#define FLOW_HOST (1u << 8)          /* the client is this node: replies are translated where they come in */
#define FLOW_RESET_REMOVED (1u << 9) /* reset when the backend is removed: EXTENT_RESET_REMOVED when it began */
#define FLOW_TOLD (1u << 10) /* its end was told as an event */
#define FLOW_COUNTED (1u << 11)  /* in backend_loads from its beginning on, until its forward entry is */
#define FLOW_RELEASED (1u << 12) /* taken out of there again: it ended, or its forward entry was removed */
#define FLOW_DSR (1u << 13) /* handed on in an outer header; the backend answers past this node: there is no entry of replies */
#define FLOW_ROUTED (1u << 14) /* its packets are forwarded past this node's stack: see forward.h */

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
	__u8 role;   /* FLOW_FORWARD, FLOW_REPLY or FLOW_MASQUERADE */
	__u16 state; /* FLOW_SYN ... FLOW_TOLD; each entry carries what its own packets showed, all what ended the connection */
	__u32 backend_id;
	__u64 last_seen; /* CLOCK_MONOTONIC, nanoseconds, of a packet that matched this entry */
	__u64 packets;   /* in the direction that this entry's role translates; a GSO packet counts once */
	__u64 bytes;     /* of whole packets, from the network header */
	__u64 created;   /* CLOCK_MONOTONIC, nanoseconds */
	struct ip source; /* the client's side of the reply key: the client, or a node address for a hairpin */
	struct ip masquerade; /* what the backend sees as its peer, with FLOW_MASQUERADED; else zero */
	__u32 service_index;
	__be16 masquerade_port;
	__u16 begins; /* upper half of the number in the client's SYN, of TCP; 0: unknown, or zero by chance */
};

/*
 * opened: keys of the forward entries of connections, a ring in the order in which they were opened. Programs look there
 * for connections to evict when flows is full. A key may be half written: whatever is found by it is judged by itself.
 * opened_ring: where in it they are; all numbers only ever grow.
 */
struct opened_ring {
	__u64 opened;   /* connections that were opened: the next key goes to that place, counted round */
	__u64 examined; /* of these, how many have been looked at; more have been if the ring went round meanwhile */
	__u64 evicted;  /* connections that were evicted */
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

#define RANGE_CLUSTER_IPS (1u << 0)      /* ClusterIPs lie here: what is no frontend is looked up in cluster_addresses */
#define RANGE_DROP_UNALLOCATED (1u << 1) /* a ServiceCIDR: an address that no Service has is dropped */
#define RANGE_PODS (1u << 2)             /* clients in here are pods (clusterCIDR, podCIDR) */

/* An address is in the range if its bits under the mask are those of network. */
struct address_range {
	struct ip network;
	struct ip mask;
	__u32 flags; /* RANGE_*; 0: unused */
	__u8 pad[12];
};

#define ADDRESS_RANGES 8
#define CONTROL_FORWARDS (1u << 0) /* connections from outside to backends of other nodes begin on the fast path */

/* control: one record that the agent writes through mapped memory. */
struct control {
	__u32 layout_version;
	__u32 opted_out; /* number of entries in opted_out, so that nothing is looked up when there are none */
	__u32 range_count;
	__u32 flags; /* CONTROL_* */
	struct address_range ranges[ADDRESS_RANGES];
};

/* drops: packets and bytes by reason. Reasons shared with Hubble keep Hubble's numbers. */
enum drop_reason {
	DROP_POLICY_DENIED = 133, /* isolated, and no rule allows it */
	DROP_INVALID_PACKET = 134,
	DROP_MISSED_TAIL_CALL = 140,
	DROP_WRITE_ERROR = 141,
	DROP_FLOW_TABLE_FULL = 155,
	DROP_NO_BACKEND = 158,
	DROP_NO_LOCAL_BACKEND = 210,
	DROP_BACKEND_REMOVED = 211,
	DROP_NODE_PORT_BIND = 212,
	DROP_NO_SOURCE_PORT = 167,
	DROP_NO_ROUTE = 169,
	DROP_UNALLOCATED = 174,
	DROP_FRAGMENT_NOT_FOUND = 175,
	DROP_SOURCE_RANGE = 177,
	DROP_POLICY_DENY = 181, /* a rule says so */
	DROP_REJECT_RATE_LIMITED = 198,
	DROP_POLICY_NO_STATE = 213,    /* answers to nothing that is known */
	DROP_POLICY_UNKNOWN_POD = 214, /* of an interface whose pod is not known, with POLICY_STRICT */
	DROP_POLICY_AUDIT = 215,       /* passed: would have been dropped */
	DROP_POLICY_MIDSTREAM = 216,   /* passed: a connection whose beginning was not seen, and that a policy allows */
	DROP_TOO_BIG = 217,            /* with an outer header it would not fit the route: the sender was told */
	DROP_DSR_NO_BACKEND = 218,     /* another node hands it to a backend that is not here any more */
	DROP_REASONS = 256,
};

/* reject_bucket: what is left of this CPU's budget for RST and ICMP answers. */
struct token_bucket {
	__u64 refilled; /* CLOCK_MONOTONIC, nanoseconds */
	__u64 tokens;   /* nanoseconds of budget: an answer costs a second divided by the rate */
};

/* source_port_probes: how often a source port was found after so many that were taken; the last counts who got none. */
#define SOURCE_PORT_PROBES 32

/* drops: what was not let through, by reason. rule_counters: what a rule decided about. */
struct packet_count {
	__u64 packets;
	__u64 bytes;
};

#endif
