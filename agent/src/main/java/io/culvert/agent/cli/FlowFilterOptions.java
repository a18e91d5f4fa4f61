// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.cluster.ObjectName;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.servicelb.conntrack.FlowFilter;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// Which connections a verb means.
final class FlowFilterOptions {

    private static final Pattern SOCKET =
            Pattern.compile("(?:(?<v4>[0-9.]+)|\\[(?<v6>[0-9a-fA-F:.]+)\\]):(?<port>[0-9]{1,5})");

    @Option(names = "--service", paramLabel = "SERVICE", description = "Only to namespace/name.")
    private @Nullable String service;

    @Option(names = "--client", paramLabel = "ADDRESS", description = "Only from this address.")
    private @Nullable String client;

    @Option(names = "--backend", paramLabel = "ADDRESS[:PORT]", description = "Only to this backend.")
    private @Nullable String backend;

    @Option(
            names = "--pod",
            paramLabel = "POD",
            description = "Only from or to this pod: namespace/name or an address.")
    private @Nullable String pod;

    @Option(names = "--backend-port", paramLabel = "PORT", description = "Only to this port of backends.")
    private int backendPort;

    @Option(names = "--protocol", paramLabel = "PROTOCOL", description = "Only TCP, UDP or SCTP.")
    private @Nullable Protocol protocol;

    FlowFilter filter(Verb verb) {
        FlowFilter filter = FlowFilter.ALL;
        if (service != null) {
            filter = filter.withService(objectName(service));
        }
        if (client != null) {
            filter = filter.withClient(address(verb, "--client", client));
        }
        if (backend != null) {
            filter = withBackend(filter, verb, backend);
        }
        if (pod != null) {
            Optional<IpAddress> end = IpAddress.parse(pod);
            filter = end.isPresent() ? filter.withEnds(Set.of(end.get())) : filter.withPod(objectName(pod));
        }
        if (backendPort != 0) {
            filter = filter.withBackendPort(backendPort);
        }
        return protocol == null ? filter : filter.withProtocol(protocol);
    }

    /// `10.1.0.3`, `10.1.0.3:8080`, `fd00::3` or `[fd00::3]:8080`.
    private static FlowFilter withBackend(FlowFilter filter, Verb verb, String text) {
        Matcher socket = SOCKET.matcher(text);
        if (!socket.matches()) {
            return filter.withBackend(address(verb, "--backend", text));
        }
        int port = Integer.parseInt(socket.group("port"));
        if (port < 1 || port > 65535) {
            throw new ParameterException(verb.spec().commandLine(), "--backend: " + port + " is not a port");
        }
        String host = socket.group("v4") != null ? socket.group("v4") : socket.group("v6");
        return filter.withBackend(address(verb, "--backend", host)).withBackendPort(port);
    }

    static ObjectName objectName(String text) {
        String[] parts = text.split("/", 2);
        return parts.length == 2 ? new ObjectName(parts[0], parts[1]) : new ObjectName("default", parts[0]);
    }

    /// What only the agent can answer is not answered by nothing at all.
    static void requireNoNames(boolean names) {
        if (names) {
            throw new CommandFailure(
                    "find a Service or pod by name: no agent runs, and the maps have no names; start culvert agent, or name addresses (--client, --backend, --pod ADDRESS)");
        }
    }

    static IpAddress address(Verb verb, String option, String text) {
        return IpAddress.parse(text)
                .orElseThrow(() -> new ParameterException(
                        verb.spec().commandLine(), option + ": \"" + text + "\" is not an IP address"));
    }
}
