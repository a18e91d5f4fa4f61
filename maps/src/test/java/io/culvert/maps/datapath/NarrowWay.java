// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.net.IpFamily;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabPod;

/// Leads what a node sends to a pod of another through the router outside, behind which the way takes less than the
/// node's routes say.
record NarrowWay(LabNode from, LabHost router, String prefix) implements AutoCloseable {

    /// @param nodes with a router outside
    static NarrowWay between(DsrNodes nodes, IpFamily family, int mtu) {
        LabPod backend = nodes.lab.pod("b1");
        String prefix = backend.ip(family) + "/" + family.bits();
        LabHost router = nodes.lab.outside();
        router.script("ip route replace " + prefix + " via " + nodes.there.ip(family) + " mtu " + mtu);
        String ip = family == IpFamily.IPV4 ? "ip -4" : "ip -6";
        nodes.here.script(ip + " route replace " + prefix + " $(" + ip + " route show default | cut -d' ' -f2-)");
        return new NarrowWay(nodes.here, router, prefix);
    }

    @Override
    public void close() {
        from.script("ip route del " + prefix);
        router.script("ip route del " + prefix);
    }
}
