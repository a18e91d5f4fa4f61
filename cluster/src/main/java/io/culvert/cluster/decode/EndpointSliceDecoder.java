// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import io.culvert.cluster.Endpoint;
import io.culvert.cluster.EndpointPort;
import io.culvert.cluster.EndpointSlice;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads an EndpointSlice (discovery.k8s.io/v1), its unset conditions as the API documents them.
final class EndpointSliceDecoder {

    private static final String TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";

    private final BadEntries badEntries;

    EndpointSliceDecoder(BadEntries badEntries) {
        this.badEntries = badEntries;
    }

    EndpointSlice decode(Metadata metadata, String serviceName, IpFamily family, Fields document) {
        return new EndpointSlice(
                metadata.name(),
                serviceName.intern(),
                family,
                metadata.created(),
                ports(document),
                endpoints(family, document),
                metadata.time(TRIGGER_TIME).orElse(null));
    }

    /// The family, or empty for FQDN.
    static Optional<IpFamily> family(Fields document) {
        String text = document.requiredText("addressType");
        return switch (text) {
            case "IPv4" -> Optional.of(IpFamily.IPV4);
            case "IPv6" -> Optional.of(IpFamily.IPV6);
            case "FQDN" -> Optional.empty();
            default ->
                throw document.invalid(
                        "addressType", "\"" + text + "\" is not an address type", "use IPv4, IPv6 or FQDN");
        };
    }

    private static List<EndpointPort> ports(Fields document) {
        List<EndpointPort> ports = new ArrayList<>();
        for (Fields port : document.each("ports")) {
            Optional<String> name = port.text("name");
            int number = Ports.optional(port, "port");
            var protocol = Ports.protocol(port);
            // A port without name or number means all ports, which no Service port can stand for.
            if (name.isPresent() && number != 0) {
                ports.add(new EndpointPort(name.get().intern(), protocol, number));
            }
        }
        return ports;
    }

    private List<Endpoint> endpoints(IpFamily family, Fields document) {
        List<Fields> all = document.each("endpoints");
        List<Endpoint> endpoints = new ArrayList<>(all.size());
        for (Fields endpoint : all) {
            address(family, endpoint).ifPresent(address -> endpoints.add(endpoint(address, endpoint)));
        }
        return endpoints;
    }

    private Optional<IpAddress> address(IpFamily family, Fields endpoint) {
        List<String> texts = endpoint.texts("addresses");
        if (texts.isEmpty()) {
            badEntries.leftOut(endpoint.invalid("addresses", "is empty", ""));
            return Optional.empty();
        }
        Optional<IpAddress> address = IpAddress.parse(texts.getFirst());
        if (address.isEmpty()) {
            badEntries.found(endpoint.invalid("addresses", 0, Addresses.notAnAddress(texts.getFirst())));
        } else if (address.get().family() != family) {
            badEntries.found(endpoint.invalid("addresses", 0, address.get() + " is not of type " + family.apiName()));
            return Optional.empty();
        }
        return address;
    }

    private static Endpoint endpoint(IpAddress address, Fields endpoint) {
        Fields conditions = endpoint.at("conditions");
        Fields hints = endpoint.at("hints");
        return new Endpoint(
                address,
                conditions.flag("ready", true),
                conditions.flag("serving", true),
                conditions.flag("terminating", false),
                shared(endpoint.text("nodeName")),
                shared(endpoint.text("zone")),
                names(hints, "forZones"),
                names(hints, "forNodes"));
    }

    private static @Nullable String shared(Optional<String> text) {
        return text.isEmpty() ? null : text.get().intern();
    }

    private static Set<String> names(Fields hints, String key) {
        if (!hints.has(key)) {
            return Set.of();
        }
        Set<String> names = new HashSet<>();
        hints.each(key).forEach(hint -> names.add(hint.requiredText("name").intern()));
        return names;
    }
}
