// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.cluster.ObjectName;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.servicelb.conntrack.FlowFilter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// Which connections a verb means.
final class FlowFilterOptions {

    @Option(names = "--service", paramLabel = "SERVICE", description = "Only to namespace/name.")
    private @Nullable String service;

    @Option(names = "--client", paramLabel = "ADDRESS", description = "Only from this address.")
    private @Nullable String client;

    @Option(names = "--backend", paramLabel = "ADDRESS", description = "Only to this backend.")
    private @Nullable String backend;

    @Option(names = "--backend-port", paramLabel = "PORT", description = "Only to this port of backends.")
    private int backendPort;

    @Option(names = "--protocol", paramLabel = "PROTOCOL", description = "Only TCP, UDP or SCTP.")
    private @Nullable Protocol protocol;

    FlowFilter filter(Verb verb) {
        FlowFilter filter = FlowFilter.ALL;
        if (service != null) {
            String[] parts = service.split("/", 2);
            filter = filter.withService(
                    parts.length == 2 ? new ObjectName(parts[0], parts[1]) : new ObjectName("default", parts[0]));
        }
        if (client != null) {
            filter = filter.withClient(address(verb, "--client", client));
        }
        if (backend != null) {
            filter = filter.withBackend(address(verb, "--backend", backend));
        }
        if (backendPort != 0) {
            filter = filter.withBackendPort(backendPort);
        }
        return protocol == null ? filter : filter.withProtocol(protocol);
    }

    private static IpAddress address(Verb verb, String option, String text) {
        return IpAddress.parse(text)
                .orElseThrow(() -> new ParameterException(
                        verb.spec().commandLine(), option + ": \"" + text + "\" is not an IP address"));
    }
}
