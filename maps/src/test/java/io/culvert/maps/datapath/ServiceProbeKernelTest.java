// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.net.Protocol.TCP;
import static io.culvert.testkit.packet.PacketBuilder.ethernet;
import static io.culvert.testkit.packet.TcpFlag.RST;
import static io.culvert.testkit.packet.TcpFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.BpfObject;
import io.culvert.loader.TestRun;
import io.culvert.maps.Affinity;
import io.culvert.maps.AffinityKey;
import io.culvert.maps.Device;
import io.culvert.maps.DropReason;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.IpPort;
import io.culvert.maps.SourceRangeKey;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpAddress;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.packet.PacketView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What `service_probe` tells people is what `pod_ingress` does to packets, on the same maps.
@KernelTest
final class ServiceProbeKernelTest {

    private static final String CLIENT = "10.1.0.2";
    private static final String SERVICE = "10.96.0.10";
    private static final int ROUNDS = 400;

    private static PodPrograms pod;
    private static BpfObject probe;

    @BeforeAll
    static void load() {
        pod = PodPrograms.load();
        probe = BpfObject.open("explain", PodPrograms.elf("explain"));
        probe.mapNames().stream()
                .filter(map -> Tables.named(map).isPresent())
                .forEach(map -> probe.reuse(map, pod.object().map(map)));
        PodPrograms.atNode(probe).load();
    }

    @BeforeEach
    void clear() {
        pod.tables.clear();
        PodPrograms.markTestDevice(pod.tables);
    }

    @AfterAll
    static void close() {
        probe.close();
        pod.close();
    }

    private static ServiceOutcome ask(int ifindex, String client, String service, int port) {
        return new ServiceQuestion(ifindex, IpAddress.of(client), IpAddress.of(service), port, TCP)
                .ask(probe.program("service_probe"))
                .outcome();
    }

    private static ServiceOutcome ask(String client, String service, int port) {
        return ask(ProbeRun.LOOPBACK, client, service, port);
    }

    @Test
    void tellsTheBackendInBothFamilies() {
        TestService v4 = pod.tables.service(TCP, SERVICE, 80, "10.1.7.3:8080");
        TestService v6 = pod.tables.service(TCP, "fd00:96::10", 80, "[fd00:7::3]:8443");

        assertThat(ask(CLIENT, SERVICE, 80))
                .isEqualTo(new ServiceOutcome.Translated(
                        v4.index(), v4.id(), end("10.1.7.3", 8080), IpAddress.of(CLIENT), Set.of(), false));
        assertThat(ask("fd00:1::2", "fd00:96::10", 80))
                .isEqualTo(new ServiceOutcome.Translated(
                        v6.index(), v6.id(), end("fd00:7::3", 8443), IpAddress.of("fd00:1::2"), Set.of(), false));
        assertThat(ask(CLIENT, "10.9.9.9", 80)).isEqualTo(new ServiceOutcome.NoFrontend());
    }

    @Test
    void tellsOfThisNodeAndOfAPodThatReachesItself() {
        pod.tables.service(TCP, SERVICE, 80, "10.1.0.2:8080");

        assertThat(ask(CLIENT, SERVICE, 80)).isInstanceOfSatisfying(ServiceOutcome.Translated.class, hairpin -> {
            assertThat(hairpin.source()).hasToString(PodPrograms.NODE4);
            assertThat(hairpin.state()).contains(FlowFlag.HAIRPIN);
        });
        assertThat(ask(ServiceQuestion.THIS_NODE, PodPrograms.NODE4, SERVICE, 80))
                .isInstanceOfSatisfying(
                        ServiceOutcome.Translated.class,
                        ours -> assertThat(ours.state()).containsExactly(FlowFlag.HOST));
    }

    @Test
    void writesNothing() {
        TestService service = pod.tables.serviceWithAffinity(TCP, SERVICE, 80, 60, "10.1.7.3:8080", "10.1.7.4:8080");
        AffinityKey known = new AffinityKey(service.index(), IpAddress.of("10.1.0.3"));
        Affinity last = new Affinity(service.backends().get(1).id(), 0, System.nanoTime() - 1_000_000_000L);
        pod.tables.put(Tables.AFFINITY, known, last);

        assertThat(ask(CLIENT, SERVICE, 80))
                .isInstanceOfSatisfying(
                        ServiceOutcome.Translated.class,
                        fresh -> assertThat(fresh.remembered()).isFalse());
        assertThat(ask("10.1.0.3", SERVICE, 80)).isInstanceOfSatisfying(ServiceOutcome.Translated.class, again -> {
            assertThat(again.remembered()).isTrue();
            assertThat(again.backend()).isEqualTo(end("10.1.7.4", 8080));
        });
        assertThat(ask(CLIENT, "10.9.9.9", 80)).isEqualTo(new ServiceOutcome.NoFrontend());

        assertThat(pod.tables.count(Tables.FLOWS)).isZero();
        assertThat(pod.tables.count(Tables.AFFINITY)).isOne();
        assertThat(pod.tables.get(Tables.AFFINITY, known)).contains(last);
        assertThat(pod.tables.drops(DropReason.NO_BACKEND)).isZero();
    }

    /// Frontends of all types and flags with no, one or many backends here and elsewhere, clients that are pods or not.
    @Test
    void agreesWithTheProgramThatPacketsMeet() {
        long seed = Long.getLong("probe.seed", System.nanoTime());
        System.out.println("ServiceProbeKernelTest: -Dprobe.seed=" + seed);
        Random random = new Random(seed);
        Set<String> kinds = new TreeSet<>();
        for (int round = 0; round < ROUNDS; round++) {
            pod.tables.clear();
            TestService service = service(random);
            boolean fromPod = random.nextBoolean();
            pod.tables.put(
                    Tables.DEVICES,
                    PodPrograms.TEST_DEVICE,
                    new Device(IpAddress.UNSPECIFIED, IpAddress.UNSPECIFIED, fromPod));
            String client = "10.1." + random.nextInt(2) + "." + (2 + random.nextInt(4));
            if (random.nextBoolean()) {
                pod.tables.put(
                        Tables.SOURCE_RANGES,
                        SourceRangeKey.of(service.index(), ServiceTables.prefix("10.1.0.0/24")),
                        1);
            }
            IpAddress address = service.key().address();
            ServiceOutcome answer = ask(client, address.toString(), 80);
            kinds.add(answer.getClass().getSimpleName());
            TestRun run = pod.ingress(ethernet()
                    .ip(client, address.toString())
                    .tcp(40_000, 80, SYN)
                    .toBytes());
            compare("round " + round + " of seed " + seed + ": " + answer, answer, run, service, client);
        }
        assertThat(kinds).containsExactly("Dropped", "Passed", "Refused", "Translated");
    }

    private static TestService service(Random random) {
        List<String> local = backends(random, "10.1.0.");
        List<String> remote = backends(random, "10.2.0.");
        FrontendType type = List.of(FrontendType.CLUSTER_IP, FrontendType.LOAD_BALANCER, FrontendType.EXTERNAL_IP)
                .get(random.nextInt(3));
        Set<FrontendFlag> flags = random.nextInt(3) == 0
                ? Set.of(FrontendFlag.LOCAL_SET)
                : random.nextInt(3) == 0 ? Set.of(FrontendFlag.SOURCE_RANGES) : Set.of();
        TestService service =
                pod.tables.service(new FrontendKey(IpAddress.of(SERVICE), 80, TCP), type, flags, local, remote);
        if (random.nextInt(8) == 0) {
            pod.tables.withdraw(service);
        }
        return service;
    }

    private static List<String> backends(Random random, String prefix) {
        int count = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(3);
        return IntStream.range(0, count)
                .mapToObj(i -> prefix + (2 + i) + ":8080")
                .toList();
    }

    /// A choice at random is compared by its candidates, all else exactly.
    private static void compare(String what, ServiceOutcome answer, TestRun run, TestService service, String client) {
        PacketView packet = PacketView.of(run.packet());
        switch (answer) {
            case ServiceOutcome.Translated translated -> {
                assertThat(run.verdict()).as(what).isIn(PodPrograms.PASS, PodPrograms.TURNED);
                List<IpPort> ends = new ArrayList<>();
                service.backends().forEach(backend -> ends.add(new IpPort(backend.address(), backend.port())));
                assertThat(ends).as(what).contains(translated.backend());
                if (ends.size() == 1) {
                    assertThat(new IpPort(packet.destination(), packet.destinationPort()))
                            .as(what)
                            .isEqualTo(translated.backend());
                    assertThat(began(client)).as(what).isEqualTo(translated.state());
                }
            }
            case ServiceOutcome.Passed _, ServiceOutcome.NoFrontend _ ->
                assertThat(packet.destination()).as(what).hasToString(SERVICE);
            case ServiceOutcome.Refused _ -> {
                assertThat(run.verdict()).as(what).isEqualTo(PodPrograms.TURNED);
                assertThat(packet.flags()).as(what).contains(RST);
            }
            case ServiceOutcome.Dropped dropped -> {
                assertThat(run.verdict()).as(what).isEqualTo(PodPrograms.DROP);
                assertThat(pod.tables.drops(dropped.reason())).as(what).isOne();
            }
        }
    }

    /// What the connection of the only client began with, but for what packets showed.
    private static Set<FlowFlag> began(String client) {
        int state = pod.flow(TCP, client + ":40000", SERVICE + ":80").state();
        return Arrays.stream(FlowFlag.values())
                .filter(flag -> flag != FlowFlag.SYN && (state & flag.bit()) != 0)
                .collect(Collectors.toSet());
    }

    private static IpPort end(String address, int port) {
        return new IpPort(IpAddress.of(address), port);
    }
}
