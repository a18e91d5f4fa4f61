// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.ACK;
import static io.culvert.testkit.packet.TcpFlag.FIN;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.FlowFlag;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketView;
import io.culvert.testkit.packet.TcpFlag;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A port from which a client reached a Service, and from which it dials a backend of that Service itself later: what
/// is remembered of the first connection must not translate the second.
@KernelTest
class ReusedPortKernelTest {

    private static final String CLIENT = "10.1.0.2";
    private static final String SERVICE = "10.96.0.10";
    private static final String BACKEND = "10.1.7.3";

    /// The number of the first SYN, soon after which the upper half is another one; and the number of another SYN.
    private static final int FIRST = 0x2fff_fff0;

    private static final int OTHER = 0x1234_5678;

    private static PodPrograms pod;

    @BeforeAll
    static void load() {
        pod = PodPrograms.load();
    }

    @BeforeEach
    void clear() {
        pod.tables.clear();
        pod.tables.service(TCP, SERVICE, 80, BACKEND + ":8080");
    }

    @AfterAll
    static void close() {
        pod.close();
    }

    private static byte[] syn(String to, int port, int number) {
        return ethernet()
                .ip(CLIENT, to)
                .tcp(40000, port, tcp -> tcp.flags(SYN).sequence(number))
                .toBytes();
    }

    private static byte[] toService(TcpFlag... flags) {
        return ethernet().ip(CLIENT, SERVICE).tcp(40000, 80, flags).toBytes();
    }

    /// Of the backend, to whoever it is.
    private static byte[] accepts(int acknowledged) {
        return ethernet()
                .ip(BACKEND, CLIENT)
                .tcp(8080, 40000, tcp -> tcp.flags(SYN, ACK).sequence(5).acknowledgement(acknowledged))
                .toBytes();
    }

    private static byte[] answers(TcpFlag... flags) {
        return ethernet().ip(BACKEND, CLIENT).tcp(8080, 40000, flags).toBytes();
    }

    private static void establish() {
        pod.sent(syn(SERVICE, 80, FIRST));
        pod.received(accepts(FIRST + 1));
        pod.sent(toService(ACK));
    }

    private static void isOfTheService(byte[] answer) {
        assertThatPacket(pod.received(answer)).hasSource(SERVICE, 80);
    }

    /// From the backend as it is, and nothing is left of the connection to the Service.
    private static void isUntouched(byte[] answer) {
        assertThatPacket(pod.received(answer)).isIdenticalTo(answer);
        assertThat(pod.hasFlow(TCP, CLIENT + ":40000", BACKEND + ":8080")).isFalse();
        assertThat(pod.hasFlow(TCP, CLIENT + ":40000", SERVICE + ":80")).isFalse();
    }

    @Test
    void theBackendAnswersForItselfAfterAConnectionThatWasClosed() {
        establish();
        pod.sent(toService(ACK, FIN));
        pod.received(answers(ACK, FIN));
        pod.sent(toService(ACK));

        pod.sent(syn(BACKEND, 8080, OTHER));

        isUntouched(accepts(OTHER + 1));
        byte[] data = answers(ACK);
        assertThatPacket(pod.received(data)).isIdenticalTo(data);
    }

    @Test
    void theBackendAnswersForItselfAfterAClientThatDiedWithoutClosing() {
        establish();

        pod.sent(syn(BACKEND, 8080, OTHER));

        isUntouched(accepts(OTHER + 1));
    }

    @Test
    void anAnswerThatIsRepeatedIsStillOfTheService() {
        establish();

        isOfTheService(accepts(FIRST + 1));
        assertThat(pod.flow(TCP, CLIENT + ":40000", SERVICE + ":80").has(FlowFlag.ANSWERED))
                .isTrue();
    }

    /// RFC 7413: the answer acknowledges the data of the SYN, or does not.
    @Test
    void anAnswerToASynWithDataIsOfTheService() {
        pod.sent(syn(SERVICE, 80, FIRST));

        isOfTheService(accepts(FIRST + 1));
        isOfTheService(accepts(FIRST + 1 + 1400));
    }

    @Test
    void anAnswerAcrossTheEndOfTheNumbersIsOfTheService() {
        pod.sent(syn(SERVICE, 80, -1));

        isOfTheService(accepts(0));
        isOfTheService(accepts(1400));
    }

    /// A client gave up, and tries again from the same port: not a repetition, so that it may have another backend.
    @Test
    void aSynWithAnotherNumberBeginsAnotherConnection() {
        pod.tables.clear();
        pod.tables.service(
                TCP,
                SERVICE,
                80,
                IntStream.range(0, 200).mapToObj(i -> "10.1.7." + i + ":8080").toArray(String[]::new));
        Set<String> chosen = new HashSet<>();
        for (int i = 1; i <= 20; i++) {
            chosen.add(PacketView.of(pod.sent(syn(SERVICE, 80, OTHER * i)))
                    .destination()
                    .toString());
        }

        assertThat(chosen).hasSizeGreaterThan(5);
        assertThat(pod.flow(TCP, CLIENT + ":40000", SERVICE + ":80").packets()).isEqualTo(1);
    }
}
