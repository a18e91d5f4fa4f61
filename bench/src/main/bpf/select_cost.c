/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Chooses backends of a Service, as every hook does, many times in one run: what a choice costs. */
#include "culvert/select.h"

#define CHOICES 1000

/* What stays the same from one choice to the next, and what differs. */
struct choices {
	struct frontend frontend;
	struct ip client;
	struct ip destination;
	__u64 ports;
	__u32 chosen;
};

static long choose(__u32 turn, void *context)
{
	struct choices *choices = context;
	const struct backend *backend;
	struct candidates candidates;

	if (service_candidates(&choices->frontend, false, &candidates) != CANDIDATES_FOUND)
		return 1;
	choices->client.word[3] += 0x9e3779b1;
	backend = select_backend_for(&candidates, choices->frontend.service, &choices->client, &choices->destination,
				     choices->ports + turn);
	choices->chosen += !!backend;
	return 0;
}

/* cb[0]: index of the Service; cb[1]: 1 for IPv4. Afterwards cb[2]: how many backends were chosen */
SEC("tc")
int select_cost(struct __sk_buff *skb)
{
	struct choices choices = {
		.frontend = { .service = skb->cb[0] },
		.client = skb->cb[1] ? ip_from_v4(1) : (struct ip){ { 0xfd, 1, 2, 3 } },
		.destination = skb->cb[1] ? ip_from_v4(2) : (struct ip){ { 0xfd, 4, 5, 6 } },
		.ports = 80,
	};

	bpf_loop(CHOICES, choose, &choices, 0);
	skb->cb[2] = choices.chosen;
	return 0;
}

char _license[] SEC("license") = "Dual BSD/GPL";
