/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Entries of the flow table: their keys, their age and what packets show about their connection. */
#ifndef CULVERT_FLOW_H
#define CULVERT_FLOW_H

#include "addr.h"
#include "config.h"
#include "maps.h"
#include "parse.h"

#define NANOSECONDS 1000000000ull

/* Ticks of a few milliseconds are enough for timeouts of seconds, and this clock is much cheaper to read. */
static __always_inline __u64 flow_clock(void)
{
	return bpf_ktime_get_coarse_ns();
}

static __always_inline void flow_key_of(struct flow_key *key, const struct ip *a, __be16 a_port, const struct ip *b,
					__be16 b_port, __u8 protocol)
{
	__u64 a_high = ip_high(a), b_high = ip_high(b), a_low = ip_low(a), b_low = ip_low(b);
	bool swap = a_high != b_high ? b_high < a_high :
		    a_low != b_low   ? b_low < a_low :
				       bpf_ntohs(b_port) < bpf_ntohs(a_port);
	/* Exchanged by a mask: a branch would make the verifier walk everything after it twice. */
	__u32 mask = -(__u32)swap;

	for (int i = 0; i < 4; i++) {
		__u32 change = (a->word[i] ^ b->word[i]) & mask;

		key->low.word[i] = a->word[i] ^ change;
		key->high.word[i] = b->word[i] ^ change;
	}
	key->low_port = a_port ^ ((a_port ^ b_port) & mask);
	key->high_port = b_port ^ ((a_port ^ b_port) & mask);
	key->protocol = protocol;
	__builtin_memset(key->pad, 0, sizeof(key->pad));
}

/* The key under which a connection has its entry of a role. */
static __always_inline void flow_role_key(struct flow_key *key, const struct flow *flow, __u8 role)
{
	bool forward = role == FLOW_FORWARD;

	flow_key_of(key, forward ? &flow->client : &flow->source, forward ? flow->client_port : flow->source_port,
		    forward ? &flow->service : &flow->backend, forward ? flow->service_port : flow->backend_port,
		    flow->protocol);
}

static __always_inline void flow_packet_key(struct flow_key *key, const struct packet *packet)
{
	flow_key_of(key, &packet->source, packet->source_port, &packet->destination, packet->destination_port,
		    packet->protocol);
}

/* Both directions meet one entry: whether this packet goes the way that the entry translates. */
static __always_inline bool flow_is_forward(const struct flow *flow, const struct packet *packet)
{
	return flow->role == FLOW_FORWARD && flow->client_port == packet->source_port &&
	       ip_equal(&flow->client, &packet->source);
}

static __always_inline bool flow_is_reply(const struct flow *flow, const struct packet *packet)
{
	return flow->role == FLOW_REPLY && flow->backend_port == packet->source_port &&
	       ip_equal(&flow->backend, &packet->source);
}

static __always_inline __u64 flow_timeout(const struct flow *flow)
{
	bool answered = flow->state & FLOW_ANSWERED;
	__u16 closed = FLOW_CLIENT_CLOSED | FLOW_SERVER_CLOSED;

	if (flow->protocol == IPPROTO_UDP)
		return (answered ? config_udp_stream_timeout : config_udp_timeout) * NANOSECONDS;
	if (flow->state & FLOW_RESET || (flow->state & closed) == closed)
		return config_tcp_closing_timeout * NANOSECONDS;
	return (answered ? config_tcp_established_timeout : config_tcp_syn_timeout) * NANOSECONDS;
}

/* By its own packets alone. The clock of another CPU may be ahead by a tick, hence the sign. */
static __always_inline bool flow_is_idle(const struct flow *flow, __u64 now)
{
	return (__s64)(now - flow->last_seen) > (__s64)flow_timeout(flow);
}

/* The entry of the other direction and its key, or null. */
static __always_inline struct flow *flow_partner(const struct flow *flow, struct flow_key *key)
{
	struct flow *partner;

	flow_role_key(key, flow, flow->role == FLOW_FORWARD ? FLOW_REPLY : FLOW_FORWARD);
	partner = bpf_map_lookup_elem(&flows, key);
	if (!partner || partner->role == flow->role || partner->client_port != flow->client_port ||
	    partner->service_port != flow->service_port || !ip_equal(&partner->client, &flow->client) ||
	    !ip_equal(&partner->service, &flow->service))
		return NULL;
	return partner;
}

/*
 * Rare: one direction may be silent for long, so that an entry is expired only when its partner is too.
 * Functions that are not static are verified once by themselves, for any argument, not again at every call.
 */
__noinline int flow_partner_is_idle(const struct flow *flow, __u64 now)
{
	struct flow_key key;
	struct flow *partner;

	if (!flow)
		return true;
	partner = flow_partner(flow, &key);
	return !partner || flow_is_idle(partner, now);
}

static __always_inline bool flow_is_expired(const struct flow *flow, __u64 now)
{
	return flow_is_idle(flow, now) && flow_partner_is_idle(flow, now);
}

/* What a packet from the client shows. A client that goes on has been answered. */
static __always_inline __u16 flow_state_forward(__u8 signals)
{
	return (signals & PACKET_OPEN ? FLOW_SYN : 0) | (signals & PACKET_PROCEED ? FLOW_ANSWERED : 0) |
	       (signals & PACKET_CLOSE ? FLOW_CLIENT_CLOSED : 0) | (signals & PACKET_RESET ? FLOW_RESET : 0);
}

static __always_inline __u16 flow_state_reply(__u8 signals)
{
	return FLOW_ANSWERED | (signals & PACKET_CLOSE ? FLOW_SERVER_CLOSED : 0) |
	       (signals & PACKET_RESET ? FLOW_RESET : 0);
}

/*
 * Counts a packet. Not atomic: packets of one direction of one connection are rarely on two CPUs, and a count that is
 * lost then is worth less than a locked instruction on every packet.
 */
static __always_inline void flow_account(struct flow *flow, const struct __sk_buff *skb, __u16 shown, __u64 now)
{
	flow->last_seen = now;
	flow->packets++;
	flow->bytes += packet_length(skb);
	if ((flow->state | shown) != flow->state)
		flow->state |= shown;
}

/* Removes an entry, and if asked to its partner, where that is of the same connection. */
__noinline int flow_delete(const struct flow *flow, int pair)
{
	struct flow_key key;

	if (!flow)
		return 0;
	if (pair && flow_partner(flow, &key))
		bpf_map_delete_elem(&flows, &key);
	flow_role_key(&key, flow, flow->role);
	return bpf_map_delete_elem(&flows, &key);
}

#endif
