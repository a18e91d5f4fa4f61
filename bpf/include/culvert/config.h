/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Settings of the packet path, written by the agent before the programs are loaded. */
#ifndef CULVERT_CONFIG_H
#define CULVERT_CONFIG_H

#include "layout.h"

/* What a pod sees as its peer when it reaches itself through a Service. All zero: none, and no hairpin. */
volatile const struct ip config_node_ipv4 = {};
volatile const struct ip config_node_ipv6 = {};

/* Source ports for connections that must leave with another one, in host order, both ends included. */
volatile const __u16 config_source_port_min = 61000;
volatile const __u16 config_source_port_max = 65535;

/* Seconds without a packet after which an entry of the flow table is as good as absent. */
volatile const __u32 config_tcp_syn_timeout = 60;
volatile const __u32 config_tcp_established_timeout = 86400;
volatile const __u32 config_tcp_closing_timeout = 10;
volatile const __u32 config_udp_timeout = 60;
volatile const __u32 config_udp_stream_timeout = 120;

/* RST and ICMP answers in a second on each CPU, and at most that many at once. */
volatile const __u32 config_reject_rate = 1000;

#endif
