// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

/// Where a packet meets a program.
enum Hook {
    POD_INGRESS("pod_ingress", true, true),
    POD_EGRESS("pod_egress", true, false),
    NET_INGRESS("net_ingress", false, true),
    NET_EGRESS("net_egress", false, false);

    private final String program;
    private final boolean pod;
    private final boolean ingress;

    Hook(String program, boolean pod, boolean ingress) {
        this.program = program;
        this.pod = pod;
        this.ingress = ingress;
    }

    String program() {
        return program;
    }

    /// At the interface of a pod, and not at a device of the node.
    boolean isPod() {
        return pod;
    }

    boolean isIngress() {
        return ingress;
    }
}
