/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Structures of events that C and Java share, as layout.h has those of Services. See docs/flows.md. */
#ifndef CULVERT_LAYOUT_EVENT_H
#define CULVERT_LAYOUT_EVENT_H

#include "layout.h"

/* event_control: one record that the agent writes through mapped memory. */
#define EVENTS_OFF 0
#define EVENTS_MAXIMUM 1 /* the most aggregated: drops, verdicts, connections that begin and end */
#define EVENTS_MEDIUM 2  /* also answers to them, every FIN and RST, and Services that sockets are given */
#define EVENTS_LOW 3     /* every packet once */
#define EVENTS_NONE 4    /* every packet at each of our programs */

struct event_control {
	__u32 level;  /* EVENTS_* */
	__u32 wakeup; /* bytes that wait in the ring when user space is woken; below that it looks by itself */
};

#define EVENT_TRACE 1   /* a packet that goes on */
#define EVENT_DROP 2    /* one that does not, or a system call that fails */
#define EVENT_VERDICT 3 /* what policies say of a new connection; also a drop if they say no */
#define EVENT_CLOSE 4   /* a connection that was translated ends: its totals; by its last packet, or by its socket */
#define EVENT_SOCKET 5  /* a socket is given a backend of the Service that it dials */
#define EVENT_LOST 6    /* made by user space: events that did not get here */
#define EVENT_KINDS 7

/* Numbers of Hubble. */
#define EVENT_FORWARDED 1
#define EVENT_DROPPED 2
#define EVENT_AUDIT 4 /* passes, and would be dropped without audit mode */
#define EVENT_TRANSLATED 7

#define EVENT_AT_SOCKET 0
#define EVENT_AT_FROM_POD 1 /* what a pod sends */
#define EVENT_AT_TO_POD 2   /* what it receives */
#define EVENT_AT_FROM_NETWORK 3
#define EVENT_AT_TO_NETWORK 4

#define EVENT_FLAG_IS_REPLY (1u << 0)  /* goes to whoever opened the connection */
#define EVENT_FLAG_DIRECTED (1u << 1)  /* whether it is a reply is known */
#define EVENT_FLAG_ADDRESSED (1u << 2) /* translated is set: the destination, or a reply's source, has another address */
#define EVENT_FLAG_SERVICE (1u << 3)   /* service is set */
#define EVENT_FLAG_HOST (1u << 4)      /* this node sent it */
#define EVENT_FLAG_REFUSED (1u << 5)   /* dropped, and answered: RST, ICMP, or an error of the system call */

/*
 * An event, two cache lines. source and destination are those that the client dialled or is answered by; translated is what
 * the destination became, or of a reply, what its source is shown as.
 */
struct event {
	__u64 time; /* CLOCK_MONOTONIC, nanoseconds */
	struct ip source;
	struct ip destination;
	struct ip translated;
	__be16 source_port; /* 0: unknown, or the protocol has none */
	__be16 destination_port;
	__be16 translated_port;
	__u8 kind;    /* EVENT_TRACE ... */
	__u8 verdict; /* EVENT_FORWARDED ... */
	__u32 ifindex;
	__u32 service; /* index into services */
	__u32 source_identity;      /* 0: nobody's, or not looked up */
	__u32 destination_identity;
	__u32 rule;   /* number of the rule that decided; 0: none */
	__u32 length; /* bytes from the network header */
	__u16 flags;  /* EVENT_FLAG_* */
	__u8 protocol;
	__u8 reason; /* enum drop_reason */
	__u8 hook;   /* EVENT_AT_* */
	__u8 tcp_flags; /* as in the header: FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, ECE 64, CWR 128 */
	__u8 icmp_type;
	__u8 icmp_code;
	/*
	 * EVENT_CLOSE: bytes of the client, bytes of the backend, packets (the client's in the low half), nanoseconds it lived.
	 * Of packets that are whole packets, from the network header; of a socket it is what TCP carried, and a FIN is a byte.
	 * EVENT_SOCKET, and EVENT_DROP at a socket: socket cookie, id of the cgroup, cookie of the network namespace.
	 * EVENT_LOST: how many.
	 */
	__u64 detail[4];
};

/* sock_connected: a TCP socket that was given a backend, for its life. One record: to allocate a second costs as much again. */
struct sock_connected {
	struct sock_peer peer;
	__u64 time;    /* when it connected: CLOCK_MONOTONIC, nanoseconds; 0: nobody asked */
	__u32 service; /* index into services */
	__u8 pad[4];
};

/* event_recent: what has no handshake and was told a moment ago by this processor. */
#define EVENT_RECENT_BITS 10
#define EVENT_RECENT_SHIFT 32 /* a moment is 2^32 nanoseconds, 4.3 seconds */

struct event_recent {
	__u32 tag;
	__u32 moment;
};

#endif
