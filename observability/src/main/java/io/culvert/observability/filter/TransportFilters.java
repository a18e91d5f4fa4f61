// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.api.flow.Layer4;
import io.culvert.observability.api.flow.TCPFlags;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Fields of a filter about what is above IP.
final class TransportFilters {

    private static final int PORTS = 1 << Short.SIZE;

    private TransportFilters() {}

    static Match port(Side side, String field, List<String> values) {
        boolean[] wanted = new boolean[PORTS];
        for (String value : values) {
            wanted[portNumber(field, value)] = true;
        }
        return new Match(
                flow -> {
                    int port = side.port(flow);
                    return port >= 0 && port < PORTS && wanted[port];
                },
                flow -> wanted[side.port(flow)]);
    }

    private static int portNumber(String field, String value) {
        if (value.matches("[0-9]{1,5}") && Integer.parseInt(value) < PORTS) {
            return Integer.parseInt(value);
        }
        throw MalformedFilterException.of(field, value, "not a port; write a number from 0 to 65535");
    }

    static Match protocol(String field, List<String> values) {
        Set<NamedProtocol> wanted = EnumSet.noneOf(NamedProtocol.class);
        values.forEach(value -> wanted.addAll(NamedProtocol.of(field, value)));
        Set<Layer4.ProtocolCase> messages =
                wanted.stream().map(NamedProtocol::message).collect(Collectors.toSet());
        boolean[] numbers = new boolean[1 << Byte.SIZE];
        wanted.forEach(protocol -> numbers[protocol.number()] = true);
        return new Match(flow -> messages.contains(flow.getL4().getProtocolCase()), flow -> numbers[flow.protocol()]);
    }

    /// All flags of one value are set; others may be.
    static Match tcpFlags(List<TCPFlags> values) {
        int[] wanted = values.stream().mapToInt(TransportFilters::bits).toArray();
        return new Match(
                flow -> hasFlags(flow)
                        && anySet(wanted, bits(flow.getL4().getTCP().getFlags())),
                flow -> flow.protocol() == NamedProtocol.TCP.number() && anySet(wanted, flow.tcpFlags()));
    }

    private static boolean hasFlags(Flow flow) {
        return flow.getL4().hasTCP() && flow.getL4().getTCP().hasFlags();
    }

    private static boolean anySet(int[] wanted, int flags) {
        for (int bits : wanted) {
            if ((bits & flags) == bits) {
                return true;
            }
        }
        return false;
    }

    /// In the order of the header; the last one is in another byte of it, which events have not.
    private static int bits(TCPFlags flags) {
        boolean[] set = {
            flags.getFIN(),
            flags.getSYN(),
            flags.getRST(),
            flags.getPSH(),
            flags.getACK(),
            flags.getURG(),
            flags.getECE(),
            flags.getCWR(),
            flags.getNS()
        };
        int bits = 0;
        for (int i = 0; i < set.length; i++) {
            bits |= set[i] ? 1 << i : 0;
        }
        return bits;
    }
}
