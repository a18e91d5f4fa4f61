// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.ObjectName;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import java.util.Comparator;

/// The identity of a Service port in one family. Renaming a port is a removal and an addition, renumbering it is
/// not.
///
/// @param portName the port's name; the empty string is a name as well
public record ServicePortName(ObjectName service, String portName, Protocol protocol, IpFamily family)
        implements Comparable<ServicePortName> {

    private static final Comparator<ServicePortName> ORDER = Comparator.comparing(ServicePortName::service)
            .thenComparing(ServicePortName::portName)
            .thenComparing(ServicePortName::protocol)
            .thenComparing(ServicePortName::family);

    @Override
    public int compareTo(ServicePortName other) {
        return ORDER.compare(this, other);
    }

    /// `namespace/name:port/TCP over IPv4`; a port without a name leaves its place empty.
    @Override
    public String toString() {
        return service + ":" + portName + "/" + protocol + " over " + family.apiName();
    }
}
