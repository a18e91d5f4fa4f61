// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import io.culvert.maps.event.RawEvent;
import io.culvert.observability.api.flow.Endpoint;
import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.api.flow.Layer4;
import io.culvert.observability.api.flow.Service;
import io.culvert.observability.names.Party;
import java.util.List;

/// One end of a flow, in a message and in numbers.
enum Side {
    SOURCE,
    DESTINATION;

    /// What stands for a protocol without ports.
    static final int NO_PORT = -1;

    String address(Flow flow) {
        return this == SOURCE ? flow.getIP().getSource() : flow.getIP().getDestination();
    }

    Endpoint endpoint(Flow flow) {
        return this == SOURCE ? flow.getSource() : flow.getDestination();
    }

    Service service(Flow flow) {
        return this == SOURCE ? flow.getSourceService() : flow.getDestinationService();
    }

    List<String> domainNames(Flow flow) {
        return this == SOURCE ? flow.getSourceNamesList() : flow.getDestinationNamesList();
    }

    int port(Flow flow) {
        Layer4 l4 = flow.getL4();
        return switch (l4.getProtocolCase()) {
            case TCP ->
                this == SOURCE ? l4.getTCP().getSourcePort() : l4.getTCP().getDestinationPort();
            case UDP ->
                this == SOURCE ? l4.getUDP().getSourcePort() : l4.getUDP().getDestinationPort();
            case SCTP ->
                this == SOURCE ? l4.getSCTP().getSourcePort() : l4.getSCTP().getDestinationPort();
            case ICMPV4, ICMPV6, VRRP, IGMP, PROTOCOL_NOT_SET -> NO_PORT;
        };
    }

    Party party(Flow flow) {
        Endpoint endpoint = endpoint(flow);
        return new Party(
                endpoint.getIdentity(),
                endpoint.getNamespace(),
                endpoint.getPodName(),
                endpoint.getLabelsList(),
                endpoint.getWorkloadsList().stream()
                        .map(workload -> new Party.Workload(workload.getKind(), workload.getName()))
                        .toList());
    }

    long high(RawEvent flow) {
        return this == SOURCE ? flow.sourceHigh() : flow.destinationHigh();
    }

    long low(RawEvent flow) {
        return this == SOURCE ? flow.sourceLow() : flow.destinationLow();
    }

    int port(RawEvent flow) {
        return this == SOURCE ? flow.sourcePort() : flow.destinationPort();
    }

    int identity(RawEvent flow) {
        return this == SOURCE ? flow.sourceIdentity() : flow.destinationIdentity();
    }
}
