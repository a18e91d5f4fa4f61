// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// Which packets of an interface a tc program sees.
public enum TcDirection {
    /// Those that the interface receives. On the host side of a pod's veth: what the pod sends.
    INGRESS(46, 1, 0xfffffff2),
    /// Those that the interface is about to send. On the host side of a pod's veth: what the pod receives.
    EGRESS(47, 2, 0xfffffff3);

    private final int attachType;
    private final int attachPoint;
    private final int parent;

    TcDirection(int attachType, int attachPoint, int parent) {
        this.attachType = attachType;
        this.attachPoint = attachPoint;
        this.parent = parent;
    }

    /// `BPF_TCX_INGRESS` or `BPF_TCX_EGRESS` of linux/bpf.h
    int attachType() {
        return attachType;
    }

    /// `enum bpf_tc_attach_point` of bpf/libbpf.h
    int attachPoint() {
        return attachPoint;
    }

    /// `TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)` or `..._EGRESS` of linux/pkt_sched.h
    int parent() {
        return parent;
    }

    /// `ingress` or `egress`.
    @Override
    public String toString() {
        return this == INGRESS ? "ingress" : "egress";
    }
}
