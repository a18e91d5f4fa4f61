// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static io.culvert.agent.lab.PolicyText.any;
import static io.culvert.agent.lab.PolicyText.block;
import static io.culvert.agent.lab.PolicyText.both;
import static io.culvert.agent.lab.PolicyText.egress;
import static io.culvert.agent.lab.PolicyText.fromPeers;
import static io.culvert.agent.lab.PolicyText.ingress;
import static io.culvert.agent.lab.PolicyText.namespaces;
import static io.culvert.agent.lab.PolicyText.pods;
import static io.culvert.agent.lab.PolicyText.ports;
import static io.culvert.agent.lab.PolicyText.toPeers;

import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.PodAttachment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/// The NetworkPolicy tests of Kubernetes' own e2e suite (test/e2e/network/netpol, 1.36), by their numbers in the list
/// of behaviour rows: real agents, manifests, sockets in pods, through ClusterIPs, in both families. A policy that is
/// updated stays the same object. Packets of SCTP are made by hand: sockets of it need a kernel module.
@LabTest
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class UpstreamPolicyLabTest {

    private static final String FROM_Y = fromPeers(namespaces("ns: y"));

    private PolicyLab lab;

    /// What a test does with the lab, step by step.
    private static final class Steps {

        private final List<Consumer<PolicyLab>> steps = new ArrayList<>();
        private List<String> policies = List.of();

        static Steps policies(String... yaml) {
            return new Steps().enforce(List.of(yaml));
        }

        private Steps enforce(List<String> yaml) {
            policies = yaml;
            steps.add(lab -> lab.enforce(String.join("---\n", yaml)));
            return this;
        }

        /// One more beside those that are there.
        Steps create(String policy) {
            return enforce(Stream.concat(policies.stream(), Stream.of(policy)).toList());
        }

        /// The only policy says this from now on; it is the same object.
        Steps update(String policy) {
            return enforce(List.of(PolicyText.updated(policies.getFirst(), policy)));
        }

        Steps delete() {
            return enforce(List.of());
        }

        Steps labelPod(String pod, String label) {
            steps.add(lab -> lab.labelPod(pod, label));
            return this;
        }

        Steps labelNamespace(String namespace, String label) {
            steps.add(lab -> lab.labelNamespace(namespace, label));
            return this;
        }

        Steps blocks(String traffic, String... pairs) {
            steps.add(lab -> lab.awaitBlocked(traffic, pairs));
            return this;
        }
    }

    @BeforeAll
    void create() {
        lab = PolicyLab.create(ofMostPods(), options());
    }

    /// How the pod is attached that most of these tests protect.
    PodAttachment ofMostPods() {
        return PodAttachment.ROUTED;
    }

    /// Of the agents.
    String[] options() {
        return new String[0];
    }

    @AfterAll
    void remove() {
        lab.close();
    }

    @TestFactory
    Stream<DynamicTest> C6_01_to_C6_22_upstreamTestsOfPeersAndPorts() {
        return Stream.of(
                test("01", Steps.policies(ingress("")).blocks("tcp/80", "* -> x/*")),
                test("02", Steps.policies(both("", "", "")).blocks("tcp/80", "* -> x/*", "x/* -> *")),
                test("03", peer(pods("pod: b"), "!x/b -> x/a")),
                test(
                        "04",
                        Steps.policies(ingress(""), ingress("pod: a", "{}")).blocks("tcp/80", "* -> x/b", "* -> x/c")),
                test(
                        "05",
                        Steps.policies(ingress("pod: a", fromPeers(namespaces(""))))
                                .blocks("tcp/80")),
                test("06", peer(namespaces("ns: y"), "!y/* -> x/a")),
                test("07", peer(pods("", "pod In [b]"), "!x/b -> x/a")),
                test("08", peer(namespaces("", "ns In [y]"), "!y/* -> x/a")),
                test(
                        "09",
                        Steps.policies(ingress("pod: a", fromPeers(pods("pod: b"), namespaces("", "ns NotIn [x]"))))
                                .blocks("tcp/80", "x/c -> x/a")),
                test("10", peer(any("ns NotIn [x]", "pod In [b]"), "!y/b -> x/a", "!z/b -> x/a")),
                test(
                        "11",
                        peer(
                                any("ns NotIn [x]", "pod In [b, c]"),
                                "!y/b -> x/a",
                                "!y/c -> x/a",
                                "!z/b -> x/a",
                                "!z/c -> x/a")),
                test(
                        "12",
                        Steps.policies(ingress("pod: a", fromPeers(pods("pod: b"), pods("pod: c"))))
                                .blocks("tcp/80", "* -> x/a", "!x/* -> x/a")),
                test("13", peer(any("ns In [y]", "pod In [a]"), "!y/a -> x/a")),
                test(
                        "14",
                        Steps.policies(ingress("pod: a", FROM_Y + ", " + ports("port: 81")))
                                .blocks("tcp/81", "* -> x/a", "!y/* -> x/a")
                                .blocks("tcp/80", "* -> x/a")),
                test(
                        "15",
                        Steps.policies(ingress("pod: a", FROM_Y + ", " + ports("port: 81")))
                                .blocks("tcp/80", "* -> x/a")
                                .create(ingress("pod: a", FROM_Y + ", " + ports("port: 80")))
                                .blocks("tcp/80", "* -> x/a", "!y/* -> x/a")
                                .blocks("tcp/81", "* -> x/a", "!y/* -> x/a")),
                test("16", Steps.policies(ingress("", "{}")).blocks("tcp/80").blocks("tcp/81")),
                test(
                        "17",
                        Steps.policies(ingress("", ports("port: serve-81-tcp")))
                                .blocks("tcp/80", "* -> x/*")
                                .blocks("tcp/81")),
                test(
                        "18",
                        Steps.policies(ingress("pod: a", FROM_Y + ", " + ports("port: serve-80-tcp")))
                                .blocks("tcp/80", "* -> x/a", "!y/* -> x/a")
                                .blocks("tcp/81", "* -> x/a")),
                test(
                        "19",
                        Steps.policies(egress("", ports("port: serve-80-tcp")))
                                .blocks("tcp/81", "x/* -> *")
                                .blocks("tcp/80")),
                test(
                        "20",
                        Steps.policies(ingress("", "{}"))
                                .blocks("tcp/81")
                                .update(ingress(""))
                                .blocks("tcp/81", "* -> x/*")),
                test(
                        "21",
                        Steps.policies(ingress("pod: a", fromPeers(namespaces("ns2: updated"))))
                                .blocks("tcp/80", "* -> x/a")
                                .labelNamespace("y", "ns2: updated")
                                .blocks("tcp/80", "* -> x/a", "!y/* -> x/a")),
                test(
                        "22",
                        Steps.policies(ingress("pod: a", fromPeers(pods("pod2: updated"))))
                                .blocks("tcp/80", "* -> x/a")
                                .labelPod("x/b", "pod2: updated")
                                .blocks("tcp/80", "* -> x/a", "!x/b -> x/a")));
    }

    @TestFactory
    Stream<DynamicTest> C6_23_to_C6_42_upstreamTestsOfBothDirections() {
        String yb = block("y/b", lab);
        String xb = block("x/b", lab);
        String around = PolicyText.around(lab, "x/b");
        return Stream.of(
                test(
                        "23",
                        Steps.policies(ingress("", fromPeers(pods("")))).blocks("tcp/80", "y/* -> x/*", "z/* -> x/*")),
                test(
                        "24",
                        Steps.policies(ingress("target: isolated"))
                                .blocks("tcp/80")
                                .labelPod("x/a", "target: isolated")
                                .blocks("tcp/80", "* -> x/a")),
                test("25", Steps.policies(egress("pod: a")).blocks("tcp/80", "x/a -> *")),
                test("26", Steps.policies(egress("")).blocks("tcp/80", "x/* -> *")),
                test(
                        "27",
                        Steps.policies(both(
                                        "pod: a", "{" + fromPeers(pods("pod: b")) + "}", "{" + ports("port: 80") + "}"))
                                .blocks("tcp/80", "* -> x/a", "!x/b -> x/a")
                                .blocks("tcp/81", "* -> x/a", "!x/b -> x/a", "x/a -> *")),
                test(
                        "28",
                        Steps.policies(
                                        egress("pod: a", toPeers(any("ns In [y]", "pod In [a]"))),
                                        PolicyText.of(
                                                "y", ingress("pod: a", fromPeers(any("ns In [x]", "pod In [a]")))),
                                        PolicyText.of(
                                                "y", ingress("pod: b", fromPeers(any("ns In [x]", "pod In [a]")))))
                                .blocks("tcp/80", "x/a -> *", "* -> y/a", "* -> y/b", "!x/a -> y/a")),
                test(
                        "29",
                        Steps.policies(egress("pod: a", toPeers(any("ns In [y]", "pod In [a]"))))
                                .blocks("tcp/80", "x/a -> *", "!x/a -> y/a")),
                test(
                        "30",
                        Steps.policies(ingress("pod: a", ports("protocol: TCP")))
                                .blocks("udp/80", "* -> x/a")
                                .blocks("tcp/80")
                                .blocks("tcp/81")),
                test(
                        "31",
                        Steps.policies(ingress("", ports("port: 80")))
                                .blocks("tcp/81", "* -> x/*")
                                .create(ingress("", "{}"))
                                .blocks("tcp/81")),
                test(
                        "32",
                        Steps.policies(egress("", ports("port: 80")))
                                .blocks("tcp/81", "x/* -> *")
                                .create(egress("", "{}"))
                                .blocks("tcp/81")),
                test(
                        "33",
                        Steps.policies(both("", "", ""))
                                .blocks("tcp/80", "* -> x/*", "x/* -> *")
                                .delete()
                                .blocks("tcp/80")),
                test("34", Steps.policies(egress("pod: a", toPeers(yb))).blocks("tcp/80", "x/a -> *", "!x/a -> y/b")),
                test("35", Steps.policies(egress("pod: a", toPeers(around))).blocks("tcp/80", "x/a -> x/b")),
                test(
                        "36",
                        Steps.policies(egress("pod: a", toPeers(around)))
                                .blocks("tcp/80", "x/a -> x/b")
                                .update(egress("pod: a", toPeers(around), toPeers(xb)))
                                .blocks("tcp/80")),
                test(
                        "37",
                        Steps.policies(egress("pod: a", "{}"))
                                .blocks("tcp/80")
                                .create(ingress("pod: a"))
                                .blocks("tcp/80", "* -> x/a")),
                test(
                        "38",
                        Steps.policies(ingress(""), ingress("pod: a", ports("protocol: SCTP, port: 81")))
                                .blocks("tcp/81", "* -> x/*")),
                test(
                        "39",
                        Steps.policies(ingress("pod: a", ports("protocol: SCTP, port: 80")))
                                .blocks("tcp/80", "* -> x/a")),
                test(
                        "40",
                        Steps.policies(ingress("pod: a", ports("protocol: UDP, port: 81")))
                                .blocks("tcp/81", "* -> x/a")
                                .blocks("udp/81")),
                test("41", peer(namespaces("kubernetes.io/metadata.name: y"), "!y/* -> x/a")),
                test(
                        "42",
                        Steps.policies(egress(
                                        "pod: a", toPeers(namespaces("", "kubernetes.io/metadata.name NotIn [y]"))))
                                .blocks("tcp/80", "x/a -> y/*")));
    }

    @TestFactory
    Stream<DynamicTest> C6_udp_upstreamTestsOfUdp() {
        return Stream.of(
                test("udp 1", Steps.policies(ingress("")).blocks("udp/80", "* -> x/*")),
                test(
                        "udp 2",
                        Steps.policies(ingress("pod: a", FROM_Y + ", " + ports("protocol: UDP, port: 81")))
                                .blocks("udp/81", "* -> x/a", "!y/* -> x/a")
                                .blocks("udp/80", "* -> x/a")),
                test(
                        "udp 3",
                        Steps.policies(ingress(
                                        "pod: a",
                                        fromPeers(any("ns In [y]", "pod In [a]")) + ", "
                                                + ports("protocol: UDP, port: 80")))
                                .blocks("udp/80", "* -> x/a", "!y/a -> x/a")));
    }

    @TestFactory
    Stream<DynamicTest> C6_sctp_upstreamTestsOfSctp() {
        return Stream.of(
                test("sctp 1", Steps.policies(ingress("")).blocks("sctp/80", "* -> x/*")),
                test(
                        "sctp 2",
                        Steps.policies(ingress("pod: a", FROM_Y + ", " + ports("protocol: SCTP, port: 81")))
                                .blocks("sctp/81", "* -> x/a", "!y/* -> x/a")
                                .blocks("sctp/80", "* -> x/a")),
                test(
                        "sctp 3",
                        Steps.policies(ingress(
                                        "pod: a",
                                        fromPeers(any("ns In [y]", "pod In [a]")) + ", "
                                                + ports("protocol: SCTP, port: 80")))
                                .blocks("sctp/80", "* -> x/a", "!y/a -> x/a")));
    }

    /// A peer of pod x/a, which nobody else reaches.
    private static Steps peer(String peer, String... allowed) {
        List<String> pairs = new ArrayList<>(List.of("* -> x/a"));
        pairs.addAll(List.of(allowed));
        return Steps.policies(ingress("pod: a", fromPeers(peer))).blocks("tcp/80", pairs.toArray(String[]::new));
    }

    private DynamicTest test(String number, Steps steps) {
        return DynamicTest.dynamicTest("C6-" + number, () -> {
            lab.reset();
            lab.awaitBlocked("tcp/80");
            steps.steps.forEach(step -> step.accept(lab));
        });
    }
}
