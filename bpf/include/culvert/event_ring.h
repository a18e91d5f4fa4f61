/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Room in the ring of events, and when user space is woken. */
#ifndef CULVERT_EVENT_RING_H
#define CULVERT_EVENT_RING_H

#include "maps_event.h"

#define EVENT_RECORD (sizeof(struct event) + 8) /* in the ring, with its header */
#define EVENT_WAKEUPS (64 * EVENT_RECORD)       /* wide enough for all processors to step over the mark at once */
#define EVENT_STRIDE 1024                       /* bytes of the ring: of each such piece one record asks how much waits */

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
 * Whether a record is the first one to begin in its piece of the ring, which is in whole pages. Assembler: the verifier takes
 * the lower half of a pointer for a number, but no operation on bits of the whole.
 */
static __always_inline bool event_begins_piece(const struct event *event)
{
	__u32 place;

	asm("%[place] = %[event]" : [place] "=w"(place) : [event] "w"((__u32)(unsigned long)event));
	return (place & (EVENT_STRIDE - 1)) < EVENT_RECORD;
}

/*
 * Gives an event to user space, which looks at the ring some ten times a second by itself. It is woken only when so much
 * waits that it may be late: a wakeup for each event would cost more than all the rest. No inline function: as its argument
 * the record is in the BTF of each object, which Java compares with its own.
 */
static __noinline int event_submit(struct event *event)
{
	__u64 flags = BPF_RB_NO_WAKEUP;
	struct event_control *control;
	__u32 zero = 0;

	if (event_begins_piece(event)) {
		control = bpf_map_lookup_elem(&event_control, &zero);
		if (control && control->wakeup &&
		    bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) - control->wakeup < EVENT_WAKEUPS)
			flags = BPF_RB_FORCE_WAKEUP;
	}
	bpf_ringbuf_submit(event, flags);
	return 0;
}

#endif
