/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Room in the ring of events, and when user space is woken. */
#ifndef CULVERT_EVENT_RING_H
#define CULVERT_EVENT_RING_H

#include "maps_event.h"

#define EVENT_WAKEUPS (64 * (sizeof(struct event) + 8)) /* wide enough for all processors to step over the mark at once */

/* EVENTS_*: programs do nothing else while nobody wants events. */
static __always_inline __u32 event_level(void)
{
	__u32 zero = 0;
	struct event_control *control = bpf_map_lookup_elem(&event_control, &zero);

	return control ? *(volatile __u32 *)&control->level : EVENTS_OFF;
}

/* Counts an event that found no room. */
static __always_inline void event_lose(__u32 kind)
{
	__u64 *lost = bpf_map_lookup_elem(&event_losses, &kind);

	if (lost)
		(*lost)++;
}

/*
 * Gives an event to user space, which looks at the ring some ten times a second by itself. It is woken only when so much
 * waits that it may be late: a wakeup for each event would cost more than all the rest. No inline function: as its argument
 * the record is in the BTF of each object, which Java compares with its own.
 */
static __noinline int event_submit(struct event *event)
{
	__u64 waiting = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA), flags = BPF_RB_NO_WAKEUP;
	__u32 zero = 0;
	struct event_control *control = bpf_map_lookup_elem(&event_control, &zero);

	if (control && control->wakeup && waiting - control->wakeup < EVENT_WAKEUPS)
		flags = BPF_RB_FORCE_WAKEUP;
	bpf_ringbuf_submit(event, flags);
	return 0;
}

#endif
