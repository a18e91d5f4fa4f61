// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.RawEvent;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.IpPrefix;
import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.api.flow.IPVersion;
import io.culvert.observability.flow.AddressMatch;
import io.culvert.observability.flow.RawFilter;
import io.culvert.observability.names.FlowNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Fields of a filter about addresses.
final class AddressFilters {

    private static final int V4 = 4;
    private static final int V6 = 6;

    private AddressFilters() {}

    /// Of a socket that is about to connect, the source is the address of its pod.
    static Match source(String field, List<String> values, Lookups lookups) {
        List<IpPrefix> blocks = blocks(field, values);
        Match other = ip(Side.SOURCE, blocks);
        FlowNames names = lookups.names();
        Memo pods = lookups.keep(
                (cgroup, _, version) -> names.addressOfCgroup(cgroup, version == V4 ? IpFamily.IPV4 : IpFamily.IPV6)
                        .filter(address -> contains(blocks, address))
                        .isPresent());
        RawFilter rough = other.rough();
        return new Match(
                other.exact(),
                flow -> rough.test(flow)
                        || (flow.hook() == EventHook.SOCKET.number() && pods.test(flow.cgroup(), 0, version(flow))));
    }

    private static int version(RawEvent flow) {
        return AddressMatch.isV4(flow.destinationHigh(), flow.destinationLow()) ? V4 : V6;
    }

    static Match destination(String field, List<String> values) {
        return ip(Side.DESTINATION, blocks(field, values));
    }

    private static Match ip(Side side, List<IpPrefix> blocks) {
        AddressMatch[] matches = blocks.stream().map(AddressMatch::of).toArray(AddressMatch[]::new);
        return new Match(
                flow -> contains(blocks, side.address(flow)), flow -> anyHas(matches, side.high(flow), side.low(flow)));
    }

    private static boolean anyHas(AddressMatch[] blocks, long high, long low) {
        for (AddressMatch block : blocks) {
            if (block.test(high, low)) {
                return true;
            }
        }
        return false;
    }

    static Match translated(String field, List<String> values) {
        List<IpPrefix> blocks = blocks(field, values);
        AddressMatch[] matches = blocks.stream().map(AddressMatch::of).toArray(AddressMatch[]::new);
        return new Match(
                flow -> contains(blocks, flow.getIP().getSourceXlated()),
                flow -> flow.has(EventFlag.ADDRESSED) && anyHas(matches, flow.translatedHigh(), flow.translatedLow()));
    }

    private static List<IpPrefix> blocks(String field, List<String> values) {
        List<IpPrefix> blocks = new ArrayList<>();
        for (String value : values) {
            Optional<IpPrefix> block = value.indexOf('/') >= 0
                    ? IpPrefix.parse(value)
                    : IpAddress.parse(value)
                            .map(address ->
                                    new IpPrefix(address, address.family().bits()));
            blocks.add(block.orElseThrow(() -> MalformedFilterException.of(
                    field, value, "not an address or a block of addresses; write 10.0.0.1, 10.0.0.0/8 or fd00::/8")));
        }
        return List.copyOf(blocks);
    }

    private static boolean contains(List<IpPrefix> blocks, String text) {
        Optional<IpAddress> address = IpAddress.parse(text);
        return address.isPresent() && contains(blocks, address.get());
    }

    private static boolean contains(List<IpPrefix> blocks, IpAddress address) {
        return blocks.stream().anyMatch(block -> block.contains(address));
    }

    /// Version 0 are flows that are not of IP.
    static Match version(List<IPVersion> values) {
        Function<Flow, IPVersion> version = flow -> flow.getIP().getIpVersion();
        boolean v4 = values.contains(IPVersion.IPv4);
        boolean v6 = values.contains(IPVersion.IPv6);
        return new Match(flow -> values.contains(version.apply(flow)), flow -> version(flow) == V4 ? v4 : v6);
    }
}
