// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.SessionAffinity;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.maps.Algorithm;
import io.culvert.maps.FrontendType;
import io.culvert.net.IpAddress;
import io.culvert.servicelb.desired.ServicePortName;
import java.util.Comparator;
import java.util.List;

/// A frontend as the kernel has it, for people.
///
/// @param dsr whether clients outside are answered by backends of other nodes themselves
/// @param sourceRanges the only clients that are let in, in the order of their text; `none` where nobody is, and empty
///     where everyone is
/// @param backends those that new connections to this frontend can be given, by address and port
public record FrontendView(
        ServicePortName name,
        FrontendType type,
        IpAddress address,
        int port,
        Algorithm algorithm,
        boolean dsr,
        TrafficPolicy internalTrafficPolicy,
        TrafficPolicy externalTrafficPolicy,
        SessionAffinity sessionAffinity,
        List<String> sourceRanges,
        List<BackendView> backends)
        implements Comparable<FrontendView> {

    private static final Comparator<FrontendView> ORDER = Comparator.<FrontendView, ObjectName>comparing(
                    view -> view.name.service())
            .thenComparing(view -> view.name.portName())
            .thenComparing(FrontendView::address)
            .thenComparingInt(FrontendView::port)
            .thenComparing(view -> view.name.protocol());

    public FrontendView {
        sourceRanges = List.copyOf(sourceRanges);
        backends = List.copyOf(backends);
    }

    /// By namespace, name, port name and address.
    @Override
    public int compareTo(FrontendView other) {
        return ORDER.compare(this, other);
    }
}
