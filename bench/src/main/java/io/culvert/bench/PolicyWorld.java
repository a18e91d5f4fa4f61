// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.loader.BpfObject;
import io.culvert.loader.TestRun;
import io.culvert.loader.UpdateMode;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ObjectSource;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.IpPrefix;
import java.io.Closeable;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The programs of pods and policies with a pod that may connect to its peers: half of its rules name an identity
/// each, a quarter an address, and a quarter a block: of IPv4 one of 256 addresses, of IPv6 a /64.
final class PolicyWorld implements Closeable {

    /// What every rule allows.
    static final int PORT = 8080;

    private static final int FIRST_PORT = 20_000;

    private static final int SET = 1;
    private static final int OTHER_INTERFACE = 2;
    private static final int INGRESS_IFINDEX = 36;

    private final IpFamily family;
    private final int rules;
    private final IpAddress pod;
    private final BpfObject pods = BpfObject.open("pod", ObjectSource.builtIn().object("pod"));
    private final BpfObject policies =
            BpfObject.open("policy", ObjectSource.builtIn().object("policy"));

    private PolicyWorld(IpFamily family, int rules) {
        this.family = family;
        this.rules = rules;
        pod = address(11, 2);
    }

    /// @param enforced whether packets of pods are asked about
    static PolicyWorld load(IpFamily family, int rules, boolean enforced) {
        var world = new PolicyWorld(family, rules);
        world.pods.load();
        world.pods.mapNames().forEach(map -> world.policies.reuse(map, world.pods.map(map)));
        world.policies.load();
        PolicyRules tables = new PolicyRules(table -> world.policies.map(table.name()));
        tables.pod(world.pod, 1, 1, 0, SET);
        tables.set(SET, rules / 2, rule -> world.address(10, rule), world::block, PORT);
        tables.ports(SET, world.portsPeer(), rules, rules, FIRST_PORT);
        tables.publish(enforced);
        if (enforced) {
            world.tail(0, world.policies, "policy_egress");
            world.tail(1, world.policies, "policy_ingress");
            world.tail(2, world.pods, "pod_deliver");
        }
        return world;
    }

    private void tail(int slot, BpfObject object, String program) {
        try (Arena arena = Arena.ofConfined()) {
            policies.map(Tables.POLICY_TAILS.name())
                    .update(arena.allocateFrom(ValueLayout.JAVA_INT, slot), object.program(program), UpdateMode.ANY);
        }
    }

    int rules() {
        return rules;
    }

    IpAddress pod() {
        return pod;
    }

    /// A pod that a rule names.
    IpAddress identityPeer(int peer) {
        return address(10, spread(peer));
    }

    /// An address that a rule names.
    IpAddress hostPeer(int peer) {
        return block(spread(peer) / 2 * 2).address();
    }

    /// A pod of which as many rules as there are name a port each.
    IpAddress portsPeer() {
        return address(12, 1);
    }

    /// A port that one of these names.
    int port(int peer) {
        return FIRST_PORT + 2 * spread(peer);
    }

    /// The first address of a block that a rule names.
    IpAddress blockPeer(int peer) {
        return block((spread(peer) - 1) / 2 * 2 + 1).address();
    }

    /// Each second one is a single address.
    private IpPrefix block(int rule) {
        if (rule % 2 == 0) {
            return new IpPrefix(address(100, rule), family.bits());
        }
        return family == IpFamily.IPV4
                ? new IpPrefix(address(110, rule << 8), 24)
                : new IpPrefix(IpAddress.of("fd6e:0:0:%x::".formatted(rule)), 64);
    }

    /// Somebody whom no rule names.
    IpAddress stranger(int peer) {
        return address(172, peer);
    }

    /// Peers are far from each other among the rules, as far as there are enough.
    private int spread(int peer) {
        return peer * (rules / 2 / PolicyCostBenchmark.PEERS + 1) % (rules / 2);
    }

    private IpAddress address(int first, int number) {
        return family == IpFamily.IPV4
                ? IpAddress.of("%d.%d.%d.%d".formatted(first, 64 + (number >> 16), number >> 8 & 255, number & 255))
                : IpAddress.of("fd%02x::%x:%x".formatted(first, number >> 16, number & 0xffff));
    }

    /// The verdict alone.
    TestRun probe(byte[] packet, int repeat) {
        return policies.program("policy_probe").testRun(packet, repeat);
    }

    /// What the pod sends.
    TestRun send(byte[] packet, int repeat) {
        return pods.program("pod_ingress").testRun(packet, repeat);
    }

    /// What it receives from elsewhere.
    TestRun receive(byte[] packet, int repeat) {
        byte[] context = ByteBuffer.allocate(INGRESS_IFINDEX + Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(INGRESS_IFINDEX, OTHER_INTERFACE)
                .array();
        return pods.program("pod_egress").testRun(packet, context, repeat);
    }

    @Override
    public void close() {
        policies.close();
        pods.close();
    }
}
