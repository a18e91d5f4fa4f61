// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import io.culvert.agent.lab.FeaturePolicy.Peer;
import io.culvert.agent.lab.FeaturePolicy.Port;
import io.culvert.agent.lab.FeaturePolicy.Rule;
import io.culvert.agent.lab.FeaturePolicy.Selector;
import io.culvert.cluster.policy.Direction;
import io.culvert.net.Protocol;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.PodAttachment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What cyclonus, the fuzzer of NetworkPolicy implementations, varies: real agents, manifests, and sockets between pods
/// of a routed and of a bridged node, of which the whole matrix is looked at for each step.
///
/// Cases of one direction are tried nine at a time, each at another pod: what a pod may receive is its own policies'
/// business alone, as is what it may send, so that none hides another. Where ports are varied, SCTP is tried too, by
/// packets made by hand.
@LabTest
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // set before all tests
class CyclonusPolicyLabTest {

    private PolicyLab lab;
    private FeatureMatrix matrix;
    private int tried;

    @BeforeAll
    void create() {
        lab = PolicyLab.create(ofFirstNode(), options());
        matrix = new FeatureMatrix(lab);
    }

    /// How most pods are attached that are protected.
    PodAttachment ofFirstNode() {
        return PodAttachment.ROUTED;
    }

    /// Of the agents.
    String[] options() {
        return new String[0];
    }

    @AfterAll
    void remove() {
        System.out.println("connections tried: " + tried);
        lab.close();
    }

    @BeforeEach
    void reset() {
        lab.reset();
    }

    private void expect(FeaturePolicy... policies) {
        expect(List.of(policies));
    }

    private void expect(List<FeaturePolicy> policies) {
        tried += matrix.await(policies);
    }

    private void expectUpdated(FeaturePolicy... policies) {
        tried += matrix.awaitUpdated(List.of(policies));
    }

    private void expectWithSctp(List<FeaturePolicy> policies) {
        expect(policies);
        tried += matrix.awaitSctp(policies);
    }

    private void expectAtEachPod(Direction direction, List<List<Rule>> cases) {
        atEachPod(direction, cases.stream().map(List::of).toList(), this::expect);
    }

    private void expectWithSctpAtEachPod(Direction direction, List<List<Rule>> cases) {
        atEachPod(direction, cases.stream().map(List::of).toList(), this::expectWithSctp);
    }

    private static void atEachPod(
            Direction direction, List<List<List<Rule>>> cases, Consumer<List<FeaturePolicy>> expectation) {
        int pods = PolicyLab.NAMES.size();
        for (int first = 0; first < cases.size(); first += pods) {
            List<FeaturePolicy> batch = new ArrayList<>();
            for (int i = first; i < Math.min(first + pods, cases.size()); i++) {
                String pod = PolicyLab.NAMES.get((i + first / pods) % pods);
                Selector selector = new Selector("pod=" + pod.substring(1));
                for (List<Rule> rules : cases.get(i)) {
                    batch.add(FeaturePolicy.of(direction, pod.substring(0, 1), selector, rules));
                }
            }
            expectation.accept(batch);
        }
    }

    @Test
    void C7_01_targetsByNamespaceAndByLabels() {
        FeatureCases.targets().forEach(this::expect);
    }

    @ParameterizedTest
    @EnumSource
    void C7_02_everythingAndNothing(Direction direction) {
        expectAtEachPod(direction, FeatureCases.allAndNothing());
    }

    @ParameterizedTest
    @EnumSource
    void C7_03_C7_04_onePeerOfEachKind(Direction direction) {
        expectAtEachPod(direction, FeatureCases.singlePeers());
    }

    @ParameterizedTest
    @EnumSource
    void C7_05_twoPeersOfEachKind(Direction direction) {
        expectAtEachPod(direction, FeatureCases.peerPairs());
    }

    @ParameterizedTest
    @EnumSource
    void C7_06_portsByNumberAndNameOfEachProtocol(Direction direction) {
        expectWithSctpAtEachPod(direction, FeatureCases.singlePorts());
        expectWithSctpAtEachPod(direction, FeatureCases.portPairs());
    }

    @ParameterizedTest
    @EnumSource
    void C7_07_C7_08_rangesAndPortsThatNobodyHas(Direction direction) {
        List<List<Rule>> cases = new ArrayList<>(FeatureCases.portRanges());
        cases.addAll(FeatureCases.pathological());
        expectWithSctpAtEachPod(direction, cases);
    }

    @ParameterizedTest
    @EnumSource
    void C7_09_policiesThatContradictEachOther(Direction direction) {
        atEachPod(direction, FeatureCases.conflicts(), this::expect);
    }

    @Test
    void C7_09_policiesOfBothEndsThatContradictEachOther() {
        FeatureCases.conflictsOfBothEnds().forEach(this::expect);
    }

    /// Each change is one of the object that is there.
    @Test
    void C7_10_policiesComeChangeAndGo() {
        FeaturePolicy base = FeatureCases.base("x", "pod=a");
        expect(base);
        List<Rule> udp = List.of(new Rule(FeatureCases.BASE.peers(), List.of(new Port(Protocol.UDP, "81", null))));
        FeaturePolicy otherPort = new FeaturePolicy("x", base.pods(), udp, base.egress());
        expectUpdated(otherPort);
        FeaturePolicy otherPods = new FeaturePolicy("x", new Selector("pod in b,c"), udp, base.egress());
        expectUpdated(otherPods);
        FeaturePolicy otherPeers =
                new FeaturePolicy("x", otherPods.pods(), List.of(Rule.ANYTHING), List.of(FeatureCases.BASE));
        expectUpdated(otherPeers);
        FeaturePolicy ingressAlone = new FeaturePolicy("x", otherPods.pods(), List.of(), null);
        expectUpdated(ingressAlone);
        expectUpdated(ingressAlone, FeatureCases.base("y", "pod=a"));
        expect();
    }

    @Test
    void C7_11_labelsComeAndGo() {
        FeaturePolicy byNamespace = ingress(Peer.pods("new-ns=qrs", null));
        expect(byNamespace);
        lab.labelNamespace("y", "new-ns: qrs");
        expectAsBefore(byNamespace);
        lab.labelNamespace("y", "other: none");
        expectAsBefore(byNamespace);
        FeaturePolicy byPod = ingress(Peer.pods("ns in y,z", "new-label=abc"));
        expect(byPod);
        lab.labelPod("y/b", "new-label: abc");
        expectAsBefore(byPod);
        lab.labelPod("y/b", "other: none");
        expectAsBefore(byPod);
    }

    @Test
    void C7_12_podsAndNamespacesComeAndGo() {
        FeaturePolicy base = FeatureCases.base("x", "pod=a");
        lab.hide("x/c");
        expect(base);
        lab.hide();
        expectAsBefore(base);
        lab.hide("y");
        expectAsBefore(base);
        lab.hide();
        expectAsBefore(base);
        lab.hide("x/a");
        expectAsBefore(base);
    }

    /// With another interface, whether it is who is protected, who is let in, or neither.
    @Test
    void C7_12_podsAreMadeAnew() {
        FeaturePolicy base = FeatureCases.base("x", "pod=a");
        expect(base);
        for (String pod : List.of("x/a", "y/b", "z/c")) {
            lab.replace(pod);
            expectAsBefore(base);
        }
    }

    @Test
    void C7_13_theExampleOfOneNamedPort() {
        expect(FeaturePolicy.of(
                Direction.INGRESS,
                "x",
                Selector.ALL,
                List.of(new Rule(List.of(), List.of(new Port(null, "serve-81-tcp", null))))));
    }

    private static FeaturePolicy ingress(Peer peer) {
        return FeaturePolicy.of(
                Direction.INGRESS,
                "x",
                new Selector("pod=a"),
                List.of(new Rule(List.of(peer), FeatureCases.BASE.ports())));
    }

    private void expectAsBefore(FeaturePolicy policy) {
        tried += matrix.awaitAsBefore(List.of(policy));
    }
}
