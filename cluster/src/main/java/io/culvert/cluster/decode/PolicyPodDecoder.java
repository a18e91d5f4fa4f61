// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import io.culvert.cluster.policy.ContainerPort;
import io.culvert.cluster.policy.PolicyPod;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Reads what policies need of a Pod (core v1). There may be 150,000 of these, so strings are shared between them.
final class PolicyPodDecoder {

    private final BadEntries badEntries;
    private final Scope scope;
    private final SharedValues shared = new SharedValues();

    PolicyPodDecoder(BadEntries badEntries, Scope scope) {
        this.badEntries = badEntries;
        this.scope = scope;
    }

    PolicyPod decode(Metadata metadata, Fields document) {
        Fields spec = document.at("spec");
        Fields status = document.at("status");
        String nodeName = spec.text("nodeName").map(shared::share).orElse(null);
        return new PolicyPod(
                metadata.name(),
                scope.covers(nodeName) ? metadata.uid() : "",
                shared.share(metadata.created()),
                labels(metadata.labels()),
                PodDecoder.addresses(status, badEntries),
                spec.flag("hostNetwork", false),
                PodDecoder.finished(status),
                shared.share(Set.copyOf(ports(spec))),
                nodeName);
    }

    /// Of the containers that run beside each other. An init container that is restarted is one of these, the others
    /// have ended before.
    private Set<ContainerPort> ports(Fields spec) {
        Set<ContainerPort> ports = new HashSet<>();
        spec.each("containers").forEach(container -> addPorts(ports, container));
        spec.each("initContainers").stream()
                .filter(container -> container.text("restartPolicy").orElse("").equals("Always"))
                .forEach(container -> addPorts(ports, container));
        return ports;
    }

    private void addPorts(Set<ContainerPort> ports, Fields container) {
        for (Fields port : container.each("ports")) {
            try {
                int number = Ports.optional(port, "containerPort");
                String name = port.text("name").orElse("");
                if (number != 0 && !name.isEmpty()) {
                    ports.add(shared.share(new ContainerPort(name.intern(), Ports.protocol(port), number)));
                }
            } catch (InvalidObjectException e) {
                badEntries.found(e);
            }
        }
    }

    private Map<String, String> labels(Map<String, String> labels) {
        Map<String, String> all = new HashMap<>();
        labels.forEach((key, value) -> all.put(key.intern(), shared.share(value)));
        return shared.share(Map.copyOf(all));
    }
}
