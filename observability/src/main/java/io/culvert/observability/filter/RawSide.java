// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import io.culvert.maps.IpPort;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.RawEvent;
import io.culvert.net.IpAddress;
import io.culvert.observability.flow.RawFilter;
import io.culvert.observability.names.FlowNames;
import io.culvert.observability.names.Party;
import io.culvert.observability.names.Party.Reserved;
import io.culvert.observability.names.ServiceName;
import java.util.function.Predicate;

/// Who one end of a flow will be shown as, asked of its numbers before a message is made of it. Where that depends on
/// more than one number, every one that it may be is looked at.
final class RawSide {

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
                ? processes.test(flow.cgroup(), 0, 0)
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
        Frontends frontends = new Frontends(wanted, lookups);
        return flow -> flow.has(EventFlag.SERVICE) ? services.test(0, 0, flow.service()) : frontends.atAnEndOf(flow);
    }

    /// Whether the Service is wanted that is reached at an address and port. Most addresses are those of no Service
    /// by any port; of addresses with ports there are too many to remember.
    private static final class Frontends {

        private final Memo addresses;
        private final Memo wanted;

        Frontends(Predicate<ServiceName> services, Lookups lookups) {
            FlowNames names = lookups.names();
            addresses = lookups.keep((high, low, _) -> names.hasFrontends(new IpAddress(high, low)));
            wanted = lookups.keep((high, low, key) -> names.frontend(
                            new IpPort(new IpAddress(high, low), key & 0xffff), key >>> Short.SIZE)
                    .filter(services)
                    .isPresent());
        }

        boolean atAnEndOf(RawEvent flow) {
            int protocol = flow.protocol() << Short.SIZE;
            return test(flow.destinationHigh(), flow.destinationLow(), protocol | flow.destinationPort())
                    || test(flow.sourceHigh(), flow.sourceLow(), protocol | flow.sourcePort())
                    || (becameAnotherPlace(flow)
                            && test(flow.translatedHigh(), flow.translatedLow(), protocol | flow.translatedPort()));
        }

        private static boolean becameAnotherPlace(RawEvent flow) {
            return !flow.keepsAddress() || flow.translatedPort() != flow.destinationPort();
        }

        /// @param key port, and protocol above it
        private boolean test(long high, long low, int key) {
            return addresses.test(high, low, 0) && wanted.test(high, low, key);
        }
    }
}
