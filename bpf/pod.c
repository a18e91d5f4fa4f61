/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Services on packets of pods, for traffic that sock_lb did not see. Both programs are attached to the host's side of a
 * pod's interface: pod_ingress to what the pod sends, pod_egress to what it receives.
 */
#include "culvert/egress.h"
#include "culvert/ingress.h"

SEC("tc")
int pod_ingress(struct __sk_buff *skb)
{
	return ingress(skb);
}

SEC("tc")
int pod_egress(struct __sk_buff *skb)
{
	return egress(skb);
}

char _license[] SEC("license") = "Dual BSD/GPL";
