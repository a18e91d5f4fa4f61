// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.observability.api.observer.GetAgentEventsRequest;
import io.culvert.observability.api.observer.GetAgentEventsResponse;
import io.culvert.observability.api.observer.ObserverGrpc;
import io.culvert.observability.api.observer.ServerStatusRequest;
import io.culvert.testkit.Certificates;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlowListenerTest {

    @TempDir
    private Path directory;

    private TlsHubble served;
    private TlsFiles.Paths paths;

    @BeforeEach
    void create() {
        served = new TlsHubble(directory);
        paths = served.paths;
    }

    @AfterEach
    void close() throws Exception {
        served.close();
    }

    private ObserverGrpc.ObserverBlockingStub observer(FlowListener listener, @Nullable Certificates client)
            throws IOException {
        return ObserverGrpc.newBlockingStub(served.channel(listener, client)).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    private static String version(ObserverGrpc.ObserverBlockingStub observer) {
        return observer.serverStatus(ServerStatusRequest.getDefaultInstance()).getVersion();
    }

    @Test
    void whoHasACertificateIsServed() throws IOException {
        FlowListener listener = served.listener(Optional.of(paths));
        listener.look();

        assertThat(version(observer(listener, served.ours))).isEqualTo("culvert 1.0");
        assertThat(listener.problem()).isEmpty();
    }

    @Test
    void whoHasNoneOfTheAuthorityIsRefused() throws IOException {
        FlowListener listener = served.listener(Optional.of(paths));
        listener.look();
        Certificates others = served.signed("others");

        refused(observer(listener, null));
        refused(observer(listener, others));
        assertThat(version(observer(listener, served.ours))).isEqualTo("culvert 1.0");
    }

    private static void refused(ObserverGrpc.ObserverBlockingStub observer) {
        assertThatThrownBy(() -> version(observer))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        refusal -> assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
    }

    @Test
    void certificatesAreRenewedAndStreamsStay() throws IOException {
        FlowListener listener = served.listener(Optional.of(paths));
        listener.look();
        served.log.started(Instant.EPOCH);
        Iterator<GetAgentEventsResponse> stream = observer(listener, served.ours)
                .getAgentEvents(GetAgentEventsRequest.newBuilder()
                        .setFollow(true)
                        .setNumber(1)
                        .build());
        assertThat(stream.next().getAgentEvent().hasAgentStart()).isTrue();

        Certificates renewed = served.signed("renewed");
        renewed.certificate("server", paths.certificate());
        renewed.key("server", paths.key());
        renewed.certificate("ca", paths.clientCa());
        touch(paths.certificate());
        listener.look();

        served.log.started(Instant.EPOCH);
        assertThat(stream.next().getAgentEvent().hasAgentStart()).isTrue();
        refused(observer(listener, served.ours));
        served.ours = renewed;
        assertThat(version(observer(listener, renewed))).isEqualTo("culvert 1.0");
    }

    /// Clocks of file systems are coarse.
    private static void touch(Path file) throws IOException {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(10)));
    }

    @Test
    void aBadRenewalKeepsWhatWasThere() throws IOException {
        FlowListener listener = served.listener(Optional.of(paths));
        listener.look();

        Files.writeString(paths.certificate(), "nothing");
        listener.look();

        assertThat(listener.problem())
                .startsWith("serve flows on ")
                .contains(paths.certificate().toString())
                .doesNotContain("\n");
        assertThat(version(observer(listener, served.ours))).isEqualTo("culvert 1.0");
        served.ours.certificate("server", paths.certificate());
        touch(paths.certificate());
        listener.look();
        assertThat(listener.problem()).isEmpty();
    }

    @Test
    void filesThatDoNotFitAreNamed() throws IOException {
        FlowListener listener = served.listener(Optional.of(paths));

        served.ours.key("client", paths.key());
        listener.look();
        assertThat(listener.problem())
                .endsWith("use " + paths.certificate() + ": it is not the certificate of " + paths.key());
        assertThat(listener.port()).isZero();
        Files.writeString(paths.key(), "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
        listener.look();
        assertThat(listener.problem()).contains(paths.key().toString()).contains("PKCS #8");
        Files.delete(paths.key());
        listener.look();
        assertThat(listener.problem()).endsWith(paths.key() + ": No such file or directory (ENOENT)");
        served.ours.key("server", paths.key());
        touch(paths.key());
        listener.look();

        assertThat(listener.problem()).isEmpty();
        assertThat(version(observer(listener, served.ours))).isEqualTo("culvert 1.0");
    }

    @Test
    void aPortThatIsTakenIsTriedAgain() throws IOException {
        ServerSocket holder = served.opened(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        FlowListener listener = served.listener(Optional.empty(), holder.getLocalPort());
        listener.look();
        assertThat(listener.problem()).contains("serve flows on ");

        holder.close();
        listener.look();

        assertThat(listener.problem()).isEmpty();
        assertThat(listener.port()).isEqualTo(holder.getLocalPort());
    }
}
