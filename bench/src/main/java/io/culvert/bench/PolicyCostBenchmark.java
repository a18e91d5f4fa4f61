// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.loader.TestRun;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.packet.PacketBuilder;
import io.culvert.testkit.packet.TcpFlag;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What a verdict costs by the number of rules that a pod's policies have, and what an established packet does, by test
/// runs of the programs.
final class PolicyCostBenchmark {

    /// Different peers whose packets take turns from one run to the next.
    static final int PEERS = 32;

    private static final int CLIENT_PORT = 40000;

    private static final List<Integer> RULES = List.of(10, 1_000, 10_000);

    private final int rounds;
    private final int repeat;

    /// @param repeat runs that the kernel takes the mean of
    PolicyCostBenchmark(int rounds, int repeat) {
        this.rounds = rounds;
        this.repeat = repeat;
    }

    /// Nanoseconds a run, the median over peers and rounds.
    ///
    /// @param rules of the pod; 0: it has no policies
    record Cost(String what, IpFamily family, int rules, double nanos) {}

    List<Cost> run() {
        return Arrays.stream(IpFamily.values())
                .flatMap(family -> run(family).stream())
                .toList();
    }

    private List<Cost> run(IpFamily family) {
        List<PolicyWorld> worlds = new ArrayList<>();
        try {
            for (int rules : RULES) {
                worlds.add(PolicyWorld.load(family, rules, true));
            }
            return measure(family, worlds);
        } finally {
            worlds.forEach(PolicyWorld::close);
        }
    }

    /// Numbers of rules take turns in every round.
    private List<Cost> measure(IpFamily family, List<PolicyWorld> worlds) {
        List<Cost> costs = new ArrayList<>();
        for (Case one : CASES) {
            List<List<Double>> nanos = new ArrayList<>();
            worlds.forEach(world -> nanos.add(new ArrayList<>()));
            for (int round = 0; round < rounds; round++) {
                Progress.say("policy: %s, %s, round %d".formatted(one.what(), family.apiName(), round));
                for (int peer = 0; peer < PEERS; peer++) {
                    for (int i = 0; i < worlds.size(); i++) {
                        nanos.get(i).add(one.nanos(worlds.get(i), peer, repeat));
                    }
                }
            }
            for (int i = 0; i < worlds.size(); i++) {
                costs.add(new Cost(one.what(), family, worlds.get(i).rules(), Median.of(nanos.get(i))));
            }
        }
        costs.addAll(withoutPolicies(family));
        return costs;
    }

    private List<Cost> withoutPolicies(IpFamily family) {
        try (PolicyWorld world = PolicyWorld.load(family, RULES.getFirst(), false)) {
            List<Cost> costs = new ArrayList<>();
            for (Case one : List.of(ESTABLISHED_SENT, ESTABLISHED_RECEIVED)) {
                List<Double> nanos = new ArrayList<>();
                for (int run = 0; run < rounds * PEERS; run++) {
                    nanos.add(one.nanos(world, run % PEERS, repeat));
                }
                costs.add(new Cost(one.what(), family, 0, Median.of(nanos)));
            }
            return costs;
        }
    }

    private interface Measured {
        TestRun run(PolicyWorld world, int peer, int repeat);
    }

    private record Case(String what, Measured measured) {

        double nanos(PolicyWorld world, int peer, int repeat) {
            return measured.run(world, peer, repeat).nanosPerRun();
        }
    }

    private static final Case ESTABLISHED_SENT =
            new Case("established packet that the pod sends", (world, peer, repeat) -> {
                world.send(packet(world.pod(), world.identityPeer(peer), TcpFlag.SYN), 1);
                return world.send(packet(world.pod(), world.identityPeer(peer), TcpFlag.ACK), repeat);
            });

    private static final Case ESTABLISHED_RECEIVED =
            new Case("established packet that it receives", (world, peer, repeat) -> {
                world.send(packet(world.pod(), world.identityPeer(peer), TcpFlag.SYN), 1);
                byte[] answer = PacketBuilder.ethernet()
                        .ip(world.identityPeer(peer), world.pod())
                        .tcp(PolicyWorld.PORT, CLIENT_PORT, TcpFlag.ACK)
                        .toBytes();
                return world.receive(answer, repeat);
            });

    private static final List<Case> CASES = List.of(
            new Case(
                    "verdict by a rule about pods",
                    (world, peer, repeat) ->
                            world.probe(packet(world.pod(), world.identityPeer(peer), TcpFlag.SYN), repeat)),
            new Case(
                    "verdict by a rule about addresses",
                    (world, peer, repeat) ->
                            world.probe(packet(world.pod(), world.hostPeer(peer), TcpFlag.SYN), repeat)),
            new Case(
                    "verdict by a rule about blocks",
                    (world, peer, repeat) ->
                            world.probe(packet(world.pod(), world.blockPeer(peer), TcpFlag.SYN), repeat)),
            new Case(
                    "verdict by a rule about ports",
                    (world, peer, repeat) ->
                            world.probe(packet(world.pod(), world.portsPeer(), world.port(peer), TcpFlag.SYN), repeat)),
            new Case(
                    "SYN to somebody unknown, dropped",
                    (world, peer, repeat) ->
                            world.send(packet(world.pod(), world.stranger(peer), TcpFlag.SYN), repeat)),
            new Case(
                    "SYN that is sent again, allowed",
                    (world, peer, repeat) ->
                            world.send(packet(world.pod(), world.identityPeer(peer), TcpFlag.SYN), repeat)),
            ESTABLISHED_SENT,
            ESTABLISHED_RECEIVED);

    private static byte[] packet(IpAddress from, IpAddress to, TcpFlag flag) {
        return packet(from, to, PolicyWorld.PORT, flag);
    }

    private static byte[] packet(IpAddress from, IpAddress to, int port, TcpFlag flag) {
        return PacketBuilder.ethernet()
                .ip(from, to)
                .tcp(CLIENT_PORT, port, flag)
                .toBytes();
    }
}
