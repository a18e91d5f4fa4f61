// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

import io.culvert.observability.api.flow.Endpoint;
import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.api.flow.Layer4;
import io.culvert.observability.api.flow.Service;
import java.util.List;

/// One end of a flow in words: `default/web:8080`, `10.0.0.1:80`, `[fd00::1]:80`.
final class EndText {

    private EndText() {}

    static String source(Flow flow, PrintOptions options) {
        if (!flow.hasIP()) {
            return Paint.CYAN.on(flow.getEthernet().getSource(), options);
        }
        String name = name(
                flow.getIP().getSource(),
                flow.getSource(),
                flow.getSourceService(),
                flow.getSourceNamesList(),
                options);
        return withPort(name, ports(flow.getL4())[0], options);
    }

    static String destination(Flow flow, PrintOptions options) {
        if (!flow.hasIP()) {
            return Paint.CYAN.on(flow.getEthernet().getDestination(), options);
        }
        String name = name(
                flow.getIP().getDestination(),
                flow.getDestination(),
                flow.getDestinationService(),
                flow.getDestinationNamesList(),
                options);
        return withPort(name, ports(flow.getL4())[1], options);
    }

    /// A pod before its Service, and names before the address.
    private static String name(
            String address, Endpoint endpoint, Service service, List<String> domains, PrintOptions options) {
        if (!options.numeric() && !endpoint.getPodName().isEmpty()) {
            return qualified(endpoint.getNamespace(), endpoint.getPodName());
        }
        if (!options.numeric() && !service.getName().isEmpty()) {
            return qualified(service.getNamespace(), service.getName());
        }
        return options.numeric() || domains.isEmpty() ? address : String.join(",", domains);
    }

    private static String qualified(String namespace, String name) {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }

    private static String withPort(String host, int port, PrintOptions options) {
        String safe = Paint.harmless(host);
        String text = port == 0
                ? safe
                : (safe.indexOf(':') >= 0 ? "[" + safe + "]" : safe) + ":"
                        + Paint.YELLOW.on(Integer.toString(port), options);
        return Paint.CYAN.on(text, options);
    }

    private static int[] ports(Layer4 l4) {
        return switch (l4.getProtocolCase()) {
            case TCP -> new int[] {l4.getTCP().getSourcePort(), l4.getTCP().getDestinationPort()};
            case UDP -> new int[] {l4.getUDP().getSourcePort(), l4.getUDP().getDestinationPort()};
            case SCTP -> new int[] {l4.getSCTP().getSourcePort(), l4.getSCTP().getDestinationPort()};
            case ICMPV4, ICMPV6, VRRP, IGMP, PROTOCOL_NOT_SET -> new int[2];
        };
    }

    /// `(ID:2341)`, `(world)`; empty if it is not known.
    static String identity(int identity, PrintOptions options) {
        if (identity == 0) {
            return "";
        }
        String text =
                HubbleWords.reservedIdentity(identity).orElseGet(() -> "ID:" + Integer.toUnsignedString(identity));
        return Paint.MAGENTA.on("(" + text + ")", options);
    }
}
