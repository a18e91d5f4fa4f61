// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.net.IpAddress;
import io.culvert.observability.names.FlowNames;
import io.culvert.observability.names.Party;
import io.culvert.observability.names.Party.Reserved;
import io.culvert.observability.names.ServiceName;
import java.util.Optional;

/// Who a flow is between. The parties are those that talk, after translation; the Service is what was dialled.
///
/// @param sourceService of a reply: the Service that it is shown to come from
record FlowEnds(
        Party source,
        Party destination,
        Optional<ServiceName> sourceService,
        Optional<ServiceName> destinationService) {

    private static final Party NOBODY = Reserved.UNKNOWN.party();

    static FlowEnds of(Event event, FlowNames names) {
        boolean reply = event.has(EventFlag.IS_REPLY);
        boolean translated = event.has(EventFlag.ADDRESSED);
        IpPort receiver = translated && !reply ? event.translated() : event.destination();
        return new FlowEnds(
                source(event, names),
                names.party(receiver.address(), event.destinationIdentity()),
                reply ? service(event, names, translated ? event.translated() : event.source()) : Optional.empty(),
                reply ? Optional.empty() : service(event, names, event.destination()));
    }

    private static Party source(Event event, FlowNames names) {
        if (event.hook() == EventHook.SOCKET) {
            return names.ofCgroup(event.cgroup()).orElse(NOBODY);
        }
        return event.source().address().equals(IpAddress.UNSPECIFIED)
                ? NOBODY
                : names.party(event.source().address(), event.sourceIdentity());
    }

    private static Optional<ServiceName> service(Event event, FlowNames names, IpPort dialled) {
        return event.has(EventFlag.SERVICE)
                ? names.service(event.service())
                : names.frontend(dialled, event.protocol());
    }
}
