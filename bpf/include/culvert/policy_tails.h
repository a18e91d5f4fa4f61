/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The programs that packets of pods go on with where policies are enforced, and what they are told. */
#ifndef CULVERT_POLICY_TAILS_H
#define CULVERT_POLICY_TAILS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "layout_policy.h"

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, POLICY_TAILS);
	__type(key, __u32);
	__type(value, __u32);
} policy_tails SEC(".maps");

#endif
