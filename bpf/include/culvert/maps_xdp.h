/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Maps of XDP: the devices of the node that have its program, and those that it may send packets out of. */
#ifndef CULVERT_MAPS_XDP_H
#define CULVERT_MAPS_XDP_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "layout.h"

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

#endif
