// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.observe;

import io.culvert.observability.api.flow.DropReason;
import io.culvert.observability.api.flow.EventTypeFilter;
import io.culvert.observability.api.flow.HTTPHeader;
import io.culvert.observability.api.flow.IPVersion;
import io.culvert.observability.api.flow.TCPFlags;
import io.culvert.observability.api.flow.TrafficDirection;
import io.culvert.observability.api.flow.Verdict;
import io.culvert.observability.api.flow.Workload;
import io.culvert.observability.print.HubbleWords;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Values of flags.
final class FlagValues {

    private static final Map<String, IPVersion> VERSIONS = Map.of(
            "4", IPVersion.IPv4,
            "v4", IPVersion.IPv4,
            "ipv4", IPVersion.IPv4,
            "ip4", IPVersion.IPv4,
            "6", IPVersion.IPv6,
            "v6", IPVersion.IPv6,
            "ipv6", IPVersion.IPv6,
            "ip6", IPVersion.IPv6,
            "none", IPVersion.IP_NOT_USED);

    private FlagValues() {}

    private static ObserveException wrong(String flag, String value, String remedy) {
        return new ObserveException(flag + " " + value + ": " + remedy);
    }

    static Verdict verdict(String value) {
        return constant("--verdict", value, List.of(Verdict.values()));
    }

    static DropReason dropReason(String value) {
        return constant("--drop-reason-desc", value, List.of(DropReason.values()));
    }

    static TrafficDirection direction(String value) {
        return constant("--traffic-direction", value, List.of(TrafficDirection.INGRESS, TrafficDirection.EGRESS));
    }

    private static <E extends Enum<E>> E constant(String flag, String value, List<E> constants) {
        List<E> known = constants.stream()
                .filter(constant -> !constant.name().equals("UNRECOGNIZED"))
                .toList();
        return known.stream()
                .filter(constant -> constant.name().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> wrong(
                        flag, value, "one of " + known.stream().map(Enum::name).collect(Collectors.joining(", "))));
    }

    static IPVersion version(String value) {
        IPVersion version = VERSIONS.get(value.toLowerCase(Locale.ROOT));
        if (version == null) {
            throw wrong("--ip-version", value, "one of v4, v6, none");
        }
        return version;
    }

    /// `SYN,ACK`: all of these.
    static TCPFlags tcpFlags(String value) {
        TCPFlags.Builder flags = TCPFlags.newBuilder();
        for (String name : value.split(",", -1)) {
            var field = TCPFlags.getDescriptor().findFieldByName(name.strip().toUpperCase(Locale.ROOT));
            if (field == null) {
                throw wrong(
                        "--tcp-flags",
                        value,
                        "names of FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, NS with commas between");
            }
            flags.setField(field, true);
        }
        return flags.build();
    }

    /// `trace`, `trace:to-endpoint`, or numbers.
    static EventTypeFilter type(String value) {
        int colon = value.indexOf(':');
        String type = colon < 0 ? value : value.substring(0, colon);
        int number = HubbleWords.messageType(type)
                .or(() -> number(type))
                .orElseThrow(() -> wrong("--type", value, "one of " + String.join(", ", HubbleWords.messageTypes())));
        EventTypeFilter.Builder filter = EventTypeFilter.newBuilder().setType(number);
        if (colon >= 0) {
            String subType = value.substring(colon + 1);
            Optional<Integer> point =
                    number == HubbleWords.TRACE ? HubbleWords.tracePoint(subType) : Optional.<Integer>empty();
            filter.setMatchSubType(true)
                    .setSubType(point.or(() -> number(subType))
                            .orElseThrow(() -> wrong(
                                    "--type",
                                    value,
                                    "after the colon a number, or one of trace's "
                                            + String.join(", ", HubbleWords.tracePoints()))));
        }
        return filter.build();
    }

    static int identity(String value) {
        return HubbleWords.reservedIdentity(value)
                .or(() -> number(value))
                .orElseThrow(() -> wrong(
                        "--identity",
                        value,
                        "a number, or one of " + String.join(", ", HubbleWords.reservedIdentities())));
    }

    static long traceId(String value) {
        return number(value)
                .filter(number -> number > 0)
                .orElseThrow(() -> wrong("--ip-trace-id", value, "a number above 0"));
    }

    private static Optional<Integer> number(String text) {
        return text.matches("[0-9]{1,9}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }

    /// `Deployment/web`, or a name alone.
    static Workload workload(String value) {
        int slash = value.indexOf('/');
        return Workload.newBuilder()
                .setKind(slash < 0 ? "" : value.substring(0, slash))
                .setName(value.substring(slash + 1))
                .build();
    }

    static HTTPHeader header(String value) {
        int colon = value.indexOf(':');
        if (colon < 0) {
            throw wrong("--http-header", value, "write name:value");
        }
        return HTTPHeader.newBuilder()
                .setKey(value.substring(0, colon))
                .setValue(value.substring(colon + 1))
                .build();
    }
}
