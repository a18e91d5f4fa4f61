// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import io.culvert.maps.DropReason;
import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.net.IpAddress;
import io.culvert.observability.count.FlowDirection;
import io.culvert.observability.count.FlowProtocol;
import io.culvert.observability.flow.WallClock;
import io.culvert.observability.names.FlowNames;
import io.culvert.observability.names.PolicyRule;
import io.culvert.observability.names.ServiceName;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;

/// Makes rows of flows.
final class FlowRows {

    private static final String[] TCP_FLAGS = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};

    private final FlowNames names;
    private final WallClock clock;

    FlowRows(FlowNames names, WallClock clock) {
        this.names = names;
        this.clock = clock;
    }

    FlowRow of(long number, Event flow) {
        boolean translated = flow.has(EventFlag.ADDRESSED) && !flow.has(EventFlag.IS_REPLY);
        FlowProtocol protocol = FlowProtocol.of(flow.protocol());
        return new FlowRow(
                number,
                clock.at(flow.time()).toString(),
                text(flow.kind()),
                text(flow.verdict()),
                direction(flow.hook()),
                protocol == FlowProtocol.OTHER ? "protocol " + flow.protocol() : protocol.toString(),
                flags(flow, protocol),
                reason(flow),
                source(flow),
                destination(flow),
                translated ? text(flow.destination()) : "",
                service(flow).map(ServiceName::toString).orElse(""),
                policy(flow),
                flow.has(EventFlag.IS_REPLY),
                flow.kind() == EventKind.CLOSE
                        ? flow.detail().first() + flow.detail().second()
                        : 0);
    }

    /// Of a socket that is not connected yet, the pod of its cgroup; of another one this node.
    PartyRow source(Event flow) {
        if (flow.hook() == EventHook.SOCKET && flow.source().address().equals(IpAddress.UNSPECIFIED)) {
            return names.ofCgroup(flow.cgroup())
                    .map(party -> PartyRow.of(party, "", 0))
                    .orElseGet(() -> new PartyRow("host", "", "host", "", "", 0));
        }
        return party(flow.source(), flow.sourceIdentity());
    }

    /// Who gets it: behind a Service its backend, where that was chosen.
    PartyRow destination(Event flow) {
        boolean translated = flow.has(EventFlag.ADDRESSED) && !flow.has(EventFlag.IS_REPLY);
        if (translated) {
            return party(flow.translated(), flow.destinationIdentity());
        }
        boolean nobody = service(flow).isPresent() && !flow.has(EventFlag.IS_REPLY);
        return nobody
                ? new PartyRow(
                        "service",
                        "",
                        service(flow).map(ServiceName::toString).orElse(""),
                        "",
                        flow.destination().address().toString(),
                        flow.destination().port())
                : party(flow.destination(), flow.destinationIdentity());
    }

    private PartyRow party(IpPort end, int identity) {
        return PartyRow.of(names.party(end.address(), identity), end.address().toString(), end.port());
    }

    Optional<ServiceName> service(Event flow) {
        return flow.has(EventFlag.SERVICE)
                ? names.service(flow.service())
                : flow.hook() == EventHook.SOCKET
                        ? names.frontend(flow.destination(), flow.protocol())
                        : Optional.empty();
    }

    /// What decided: `NetworkPolicy shop/web`, or empty.
    String policy(Event flow) {
        return names.rule(flow.rule())
                .map(PolicyRule::policy)
                .map(policy -> policy.kind() + " " + (policy.namespace().isEmpty() ? "" : policy.namespace() + "/")
                        + policy.name())
                .orElse("");
    }

    static String direction(EventHook hook) {
        return text(FlowDirection.of(hook));
    }

    private static String flags(Event flow, FlowProtocol protocol) {
        return switch (protocol) {
            case TCP -> {
                StringJoiner set = new StringJoiner(", ");
                for (int bit = 0; bit < TCP_FLAGS.length; bit++) {
                    if ((flow.tcpFlags() >> bit & 1) != 0) {
                        set.add(TCP_FLAGS[bit]);
                    }
                }
                yield set.toString();
            }
            case ICMPV4, ICMPV6 -> "type " + flow.icmpType() + " code " + flow.icmpCode();
            case UDP, SCTP, OTHER -> "";
        };
    }

    static String reason(Event flow) {
        return flow.reason() == 0
                ? ""
                : DropReason.ofNumber(flow.reason())
                        .map(reason -> text(reason).replace('_', ' '))
                        .orElseGet(() -> "reason " + flow.reason());
    }

    private static String text(IpPort end) {
        return end.address().isV4() ? end.address() + ":" + end.port() : "[" + end.address() + "]:" + end.port();
    }

    static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
