/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Maps of events. event_losses counts, by kind, what found no room in the ring. */
#ifndef CULVERT_MAPS_EVENT_H
#define CULVERT_MAPS_EVENT_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "layout_event.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 8 << 20);
} events SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct event_control);
} event_control SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, EVENT_KINDS);
	__type(key, __u32);
	__type(value, __u64);
} event_losses SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct sock_connected);
} sock_connected SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1 << EVENT_RECENT_BITS);
	__type(key, __u32);
	__type(value, struct event_recent);
} event_recent SEC(".maps");

#endif
