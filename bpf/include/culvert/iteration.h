/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What programs are given that the kernel runs on each entry of a map. */
#ifndef CULVERT_ITERATION_H
#define CULVERT_ITERATION_H

#include "maps.h"

/* As much of the kernel's struct bpf_iter_meta as is read; this never changes. */
struct iteration_meta {
	struct seq_file *seq; /* of whoever reads what the program writes */
};

#endif
