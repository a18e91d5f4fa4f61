// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.control.ControlSocket;
import io.culvert.observability.observe.ClientTls;
import io.culvert.observability.observe.ObserverAddress;
import io.culvert.observability.observe.ObserverClient;
import io.culvert.observability.observe.UnansweredException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Who is asked for flows.
final class ServerOptions {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Option(
            names = "--server",
            paramLabel = "ADDRESS",
            description =
                    "An agent or relay: unix:///PATH, HOST:PORT, tls://HOST:PORT (default hubble.sock of --run-dir).")
    private @Nullable String server;

    @Option(names = "--tls", description = "Ask with TLS, as tls:// does.")
    private boolean tls;

    @Option(names = "--tls-allow-insecure", description = "Accept any certificate of the server.")
    private boolean insecure;

    @Option(
            names = "--tls-ca-cert-files",
            paramLabel = "FILE",
            split = ",",
            description = "Who may have signed the server's certificate (default this machine's).")
    private List<Path> authorities = List.of();

    @Option(names = "--tls-client-cert-file", paramLabel = "FILE", description = "The client's certificate.")
    private @Nullable Path certificate;

    @Option(names = "--tls-client-key-file", paramLabel = "FILE", description = "Its key, PKCS#8.")
    private @Nullable Path key;

    @Option(names = "--tls-server-name", paramLabel = "NAME", description = "Which name the server's certificate has.")
    private @Nullable String serverName;

    private ObserverAddress address() {
        if (server == null) {
            return ObserverAddress.of(ControlSocket.ofFlows(node.runDir()));
        }
        ObserverAddress address = ObserverAddress.parse(server);
        return tls && address.socket() == null
                ? new ObserverAddress(null, address.host(), address.port(), true)
                : address;
    }

    /// @throws CommandFailure if nobody answers, or the answer is no
    void ask(Consumer<ObserverClient> question) {
        try (ObserverClient client =
                ObserverClient.open(address(), new ClientTls(authorities, certificate, key, serverName, insecure))) {
            question.accept(client);
        } catch (UnansweredException e) {
            throw new CommandFailure(
                    e.nobodyThere() && server == null ? ExitStatus.NOTHING_THERE : ExitStatus.FAILED,
                    String.valueOf(e.getMessage()));
        }
    }
}
