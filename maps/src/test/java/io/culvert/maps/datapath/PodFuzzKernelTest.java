// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.SCTP;
import static io.culvert.net.Protocol.TCP;
import static io.culvert.net.Protocol.UDP;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.TestRun;
import io.culvert.maps.DropReason;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.Ipv6Extension;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.PacketView;
import io.culvert.testkit.packet.TcpFlag;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Random packets: whole, cut, and with bytes changed. `-Dculvert.seed=N` repeats a run.
@KernelTest
class PodFuzzKernelTest {

    private static final int PACKETS = 100_000;
    private static final List<String> CLIENTS = List.of("10.1.0.2", "fd00:1::2");
    private static final List<String> SERVICES = List.of("10.96.0.10", "fd00:96::10");
    private static final List<String> BACKENDS = List.of("10.1.7.3", "fd00:1::7:3");

    /// No three bytes away from an address above.
    private static final List<String> FOREIGN = List.of("198.51.100.77", "2001:db8:ffff:eeee:dddd:cccc:bbbb:aaaa");

    private static PodPrograms pod;

    @BeforeAll
    static void load() {
        pod = PodPrograms.load(object -> object.configure("config_reject_rate", 1_000_000_000));
        for (int family = 0; family < 2; family++) {
            String backend = "[" + BACKENDS.get(family) + "]:8080";
            pod.tables.service(TCP, SERVICES.get(family), 80, backend);
            pod.tables.service(UDP, SERVICES.get(family), 80, backend);
            pod.tables.service(SCTP, SERVICES.get(family), 80, backend);
            pod.tables.service(TCP, SERVICES.get(family), 81);
            pod.tables.service(UDP, SERVICES.get(family), 81);
        }
    }

    @AfterAll
    static void close() {
        pod.close();
    }

    private static long seed() {
        long seed = Long.getLong("culvert.seed", System.nanoTime());
        System.out.println("PodFuzzKernelTest: -Dculvert.seed=" + seed);
        return seed;
    }

    @Test
    void packetsOfOthersAreIdenticalAfterwards() {
        Random random = new Random(seed());
        for (int i = 0; i < PACKETS / 2; i++) {
            int family = random.nextInt(2);
            String other = FOREIGN.get(family);
            byte[] packet = damaged(random, packet(random, family, CLIENTS.get(family), other, 8080));
            TestRun run = random.nextBoolean() ? pod.ingress(packet) : pod.egress(packet);
            if (run.verdict() != PodPrograms.PASS || !Arrays.equals(run.packet(), packet)) {
                throw new AssertionError(
                        "verdict " + run.verdict() + "\n  " + hex(packet) + "\n  " + hex(run.packet()));
            }
        }
    }

    @Test
    void translatedPacketsDifferInAddressesPortsAndChecksumsOnly() {
        Random random = new Random(seed());
        int translated = 0;
        for (int i = 0; i < PACKETS / 2; i++) {
            int family = random.nextInt(2);
            boolean reply = random.nextBoolean();
            int port = random.nextInt(20) == 0 ? 81 : 80;
            byte[] whole = reply
                    ? packet(random, family, BACKENDS.get(family), CLIENTS.get(family), 8080)
                    : packet(random, family, CLIENTS.get(family), SERVICES.get(family), port);
            boolean intact = random.nextInt(3) != 0;
            byte[] packet = intact ? whole : damaged(random, whole);
            TestRun run = reply ? pod.egress(packet) : pod.ingress(packet);
            translated += check(packet, run, intact) ? 1 : 0;
        }
        assertThat(translated).as("packets that were translated").isGreaterThan(PACKETS / 20);
        assertThat(pod.tables.drops(DropReason.WRITE_ERROR)).isZero();
    }

    private static boolean check(byte[] packet, TestRun run, boolean intact) {
        String what = "verdict " + run.verdict() + "\n  " + hex(packet) + "\n  " + hex(run.packet());
        assertThat(run.verdict()).as(what).isIn(PodPrograms.PASS, PodPrograms.DROP, PodPrograms.TURNED);
        if (run.verdict() == PodPrograms.TURNED && intact) {
            assertThat(PacketView.of(run.packet()).wrongChecksums()).as(what).isEmpty();
        }
        if (run.verdict() != PodPrograms.PASS || Arrays.equals(run.packet(), packet)) {
            return false;
        }
        assertThat(run.packet().length).as(what).isEqualTo(packet.length);
        // Ethernet, and all of the IP header but its checksum and its addresses, is as it was.
        int fixed = packet[12] == 8 ? 24 : 22;
        assertThat(Arrays.mismatch(packet, run.packet())).as(what).isGreaterThanOrEqualTo(fixed);
        if (intact) {
            assertThat(PacketView.of(run.packet()).wrongChecksums()).as(what).isEmpty();
        }
        return true;
    }

    private static byte[] packet(Random random, int family, String source, String destination, int port) {
        boolean toClient = destination.equals(CLIENTS.get(family));
        int clientPort = 40000 + random.nextInt(4);
        int from = toClient ? port : clientPort;
        int to = toClient ? clientPort : port;
        PacketBuilder ip = network(random, family, source, destination);
        byte[] payload = new byte[random.nextInt(60)];
        random.nextBytes(payload);
        return switch (random.nextInt(6)) {
            case 0, 1, 2 -> ip.tcp(from, to, flags(random)).payload(payload).toBytes();
            case 3, 4 -> ip.udp(from, to).payload(payload).toBytes();
            default ->
                ip.sctp(from, to, sctp -> sctp.chunkType(random.nextInt(15)))
                        .payload(payload)
                        .toBytes();
        };
    }

    private static PacketBuilder network(Random random, int family, String source, String destination) {
        if (random.nextInt(4) != 0) {
            return ethernet().ip(source, destination);
        }
        return family == 0
                ? ethernet().ipv4(source, destination, ip -> ip.options(new int[4 * random.nextInt(1, 11)]))
                : ethernet().ip(source, destination).extension(Ipv6Extension.hopByHop(random.nextInt(1, 9)));
    }

    private static TcpFlag[] flags(Random random) {
        return random.nextInt(3) == 0
                ? new TcpFlag[] {TcpFlag.SYN}
                : Arrays.stream(TcpFlag.values())
                        .filter(flag -> random.nextInt(3) == 0)
                        .toArray(TcpFlag[]::new);
    }

    /// Cut, or up to three bytes changed, or both. The kernel runs no program on less than a network header.
    private static byte[] damaged(Random random, byte[] packet) {
        int network = packet[12] == 8 ? 34 : 54;
        int length = random.nextBoolean() ? random.nextInt(network, packet.length + 1) : packet.length;
        byte[] damaged = Arrays.copyOf(packet, length);
        for (int i = random.nextInt(4); i > 0; i--) {
            damaged[random.nextInt(14, length)] = (byte) random.nextInt();
        }
        return damaged;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
