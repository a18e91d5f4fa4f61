/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Settings that sockets and packets share, written by the agent before the programs are loaded. */
#ifndef CULVERT_CONFIG_NODE_H
#define CULVERT_CONFIG_NODE_H

#include "layout.h"

/* Primary addresses of the node: the source of what must seem to come from it. All zero: none. */
volatile const struct ip config_node_ipv4 = {};
volatile const struct ip config_node_ipv6 = {};

/* Ports in host order, both ends included. */
struct port_range {
	__u16 first;
	__u16 last;
};

/* Where NodePorts lie. */
volatile const struct port_range config_node_ports = { 30000, 32767 };

/* Pods are told from other clients. If not, no pod is known as one: it is outside, as far as policies go. */
volatile const __u8 config_detects_pods = 1;

#endif
