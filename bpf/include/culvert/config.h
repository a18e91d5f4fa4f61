/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Settings of the packet path, written by the agent before the programs are loaded. */
#ifndef CULVERT_CONFIG_H
#define CULVERT_CONFIG_H

#include "config_node.h"

/* For connections that must leave with another source port: what neither this node's own sockets nor NodePorts use. */
volatile const struct port_range config_source_ports[2] = { { 61000, 65535 }, { 61000, 65535 } };

/* Every connection to a ClusterIP is masqueraded. */
volatile const __u8 config_masquerade_all = 0;

/* Seconds without a packet after which an entry of the flow table is as good as absent. */
volatile const __u32 config_tcp_syn_timeout = 60;
volatile const __u32 config_tcp_established_timeout = 86400;
volatile const __u32 config_tcp_closing_timeout = 10;
volatile const __u32 config_udp_timeout = 60;
volatile const __u32 config_udp_stream_timeout = 120;

/* Entries of map opened. */
volatile const __u32 config_opened_entries = 131072;

/* RST and ICMP answers in a second on each CPU, and at most that many at once. */
volatile const __u32 config_reject_rate = 1000;

#endif
