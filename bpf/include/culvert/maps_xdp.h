/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Maps of XDP: the devices of the node that have its program, and those that it may send packets out of. */
#ifndef CULVERT_MAPS_XDP_H
#define CULVERT_MAPS_XDP_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "layout.h"
#include "packet.h"

/* Their hardware addresses as numbers, the first byte highest: frames to others are left alone. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 256);
	__type(key, struct device_key);
	__type(value, __u64);
} xdp_devices SEC(".maps");

/* By interface, the interface itself. */
struct {
	__uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
	__uint(max_entries, 256);
	__type(key, __u32);
	__type(value, __u32);
} xdp_targets SEC(".maps");

/* What the stack said of packets like one of a moment ago: who asked, and the answer. Nobody but its own program reads it. */
#define XDP_KNOWN_BITS 8

struct xdp_known {
	struct ip source;
	struct ip destination; /* after translation */
	__u32 ifindex;         /* by which they came in */
	__u32 device;          /* by which they leave; 0: unused */
	__u32 protocol;
	__u32 mtu;
	__u64 jiffies; /* when that was said */
	__be16 source_port;
	__u8 next[6]; /* hardware address of the next hop */
	__u8 own[6];  /* of the device by which they leave */
	__u8 pad[2];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1 << XDP_KNOWN_BITS);
	__type(key, __u32);
	__type(value, struct xdp_known);
} xdp_known SEC(".maps");

#endif
