// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.RawEvent;
import io.culvert.net.IpAddress;
import io.culvert.observability.flow.RawFilter;
import io.culvert.observability.names.FlowNames;
import io.culvert.observability.names.Party;
import io.culvert.observability.names.Party.Reserved;
import io.culvert.observability.names.ServiceName;
import java.util.Optional;
import java.util.function.Predicate;

/// Who one end of a flow will be shown as, asked of its numbers before a message is made of it. Where that depends on
/// more than one number, every one that it may be is looked at.
final class RawSide {

    private static final int CGROUP = 1;

    private RawSide() {}

    /// Flows whose party at that end is wanted: after translation, and at a socket whose process it is.
    static RawFilter party(Side side, Predicate<Party> wanted, Lookups lookups) {
        FlowNames names = lookups.names();
        Memo owners = lookups.keep((high, low, identity) -> wanted.test(party(names, high, low, identity)));
        if (side == Side.DESTINATION) {
            return flow -> {
                int identity = flow.destinationIdentity();
                return owners.test(flow.destinationHigh(), flow.destinationLow(), identity)
                        || (becameAnother(flow) && owners.test(flow.translatedHigh(), flow.translatedLow(), identity));
            };
        }
        Memo processes = lookups.keep(
                (cgroup, _, _) -> wanted.test(names.ofCgroup(cgroup).orElseGet(Reserved.UNKNOWN::party)));
        return flow -> flow.hook() == EventHook.SOCKET.number()
                ? processes.test(flow.detail(CGROUP), 0, 0)
                : owners.test(flow.sourceHigh(), flow.sourceLow(), flow.sourceIdentity());
    }

    /// Whether the destination became another address: of most flows it is the same.
    private static boolean becameAnother(RawEvent flow) {
        return flow.has(EventFlag.ADDRESSED) && !flow.keepsAddress();
    }

    private static Party party(FlowNames names, long high, long low, int identity) {
        IpAddress address = new IpAddress(high, low);
        return address.equals(IpAddress.UNSPECIFIED) ? Reserved.UNKNOWN.party() : names.party(address, identity);
    }

    /// Flows whose Service, at either end, is wanted.
    static RawFilter service(Predicate<ServiceName> wanted, Lookups lookups) {
        FlowNames names = lookups.names();
        Memo services = lookups.keep(
                (_, _, index) -> names.service(index).filter(wanted).isPresent());
        Memo frontends = lookups.keep((high, low, port) ->
                Frontends.find(names, high, low, port).filter(wanted).isPresent());
        return flow -> flow.has(EventFlag.SERVICE) ? services.test(0, 0, flow.service()) : isFrontend(flow, frontends);
    }

    private static boolean isFrontend(RawEvent flow, Memo frontends) {
        int protocol = flow.protocol();
        return frontends.test(
                        flow.destinationHigh(), flow.destinationLow(), Frontends.key(flow.destinationPort(), protocol))
                || frontends.test(flow.sourceHigh(), flow.sourceLow(), Frontends.key(flow.sourcePort(), protocol))
                || frontends.test(
                        flow.translatedHigh(), flow.translatedLow(), Frontends.key(flow.translatedPort(), protocol));
    }

    /// Port and protocol as one number.
    private static final class Frontends {

        static int key(int port, int protocol) {
            return protocol << Short.SIZE | port;
        }

        static Optional<ServiceName> find(FlowNames names, long high, long low, int key) {
            var address = new io.culvert.maps.IpPort(new IpAddress(high, low), key & 0xffff);
            return names.frontend(address, key >>> Short.SIZE);
        }
    }
}
