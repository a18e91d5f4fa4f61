// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicyRule;
import io.culvert.cluster.policy.PolicyChanges;
import io.culvert.cluster.policy.PolicyPeer;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyState;
import io.culvert.maps.datapath.PolicyQuestion;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.policy.IncrementalCompiler;
import io.culvert.testkit.KernelTest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/// What goes and comes again under a name or an address that was there before, one change after the other: what the
/// program answers.
@KernelTest
@ParameterizedClass
@EnumSource
final class PodLifeKernelTest {

    private final IpAddress web;
    private final IpAddress first;
    private final IpAddress second;

    @AutoClose
    private final PinnedPolicies pinned = new PinnedPolicies();

    private final IncrementalCompiler compiler = new IncrementalCompiler("n1");
    private PolicyState state = PolicyState.EMPTY;

    PodLifeKernelTest(IpFamily family) {
        String network = family == IpFamily.IPV4 ? "10.1.0." : "fd00:1::";
        web = IpAddress.of(network + 2);
        first = IpAddress.of(network + 3);
        second = IpAddress.of(network + 4);
        put(pod("y", "web", "u-web", "web", web, false));
    }

    private static PolicyPod pod(
            String namespace, String name, String uid, String app, IpAddress address, boolean finished) {
        return new PolicyPod(
                new ObjectName(namespace, name),
                uid,
                Instant.EPOCH,
                Map.of("app", app),
                List.of(address),
                false,
                finished,
                Set.of(),
                "n1");
    }

    private static LabelSelector labelled(String key, String value) {
        return new LabelSelector(Map.of(key, value), List.of());
    }

    private static NetworkPolicy ingress(String namespace, String name, LabelSelector pods, PolicyPeer... from) {
        List<NetworkPolicyRule> rules =
                from.length == 0 ? List.of() : List.of(new NetworkPolicyRule(List.of(from), List.of()));
        return new NetworkPolicy(new ObjectName(namespace, name), pods, Set.of(Direction.INGRESS), rules, List.of());
    }

    private void put(PolicyPod pod) {
        state = state.withPods(state.pods().plus(pod.name(), pod));
        publish(ObjectKind.POD, pod.name());
    }

    private void put(NetworkPolicy policy) {
        state = state.withNetworkPolicies(state.networkPolicies().plus(policy.name(), policy));
        publish(ObjectKind.NETWORK_POLICY, policy.name());
    }

    private void put(Namespace namespace) {
        state = state.withNamespaces(state.namespaces().plus(namespace.name(), namespace));
        publish(ObjectKind.NAMESPACE, namespace.objectName());
    }

    private void publish(ObjectKind kind, ObjectName name) {
        PolicyChanges changes = new PolicyChanges(false, Map.of(kind, Set.of(name)));
        assertThat(pinned.current().publish(compiler.compile(state, changes), EndpointFacts.NONE))
                .isInstanceOf(PublishResult.Published.class);
    }

    private boolean lets(IpAddress source, IpAddress destination) {
        return pinned.datapath()
                .policies()
                .ask(new PolicyQuestion(false, source, destination, Protocol.TCP.number(), 80))
                .allowed();
    }

    private long identities() {
        return pinned.datapath().maps().policies().ipcache().count();
    }

    @Test
    void C5_17_aNamespaceThatComesAgainHasNothingOfTheOneBefore() {
        put(ingress(
                "y",
                "red",
                labelled("app", "web"),
                new PolicyPeer.SelectedPods(labelled("team", "red"), LabelSelector.EVERYTHING)));
        put(new Namespace("x", Map.of("team", "red")));
        put(pod("x", "a", "u-1", "a", first, false));
        put(ingress("x", "closed", LabelSelector.EVERYTHING));
        assertThat(lets(first, web)).isTrue();
        assertThat(lets(web, first)).isFalse();
        assertThat(identities()).isEqualTo(2);

        state = state.withPods(state.pods().minus(new ObjectName("x", "a")));
        publish(ObjectKind.POD, new ObjectName("x", "a"));
        state = state.withNetworkPolicies(state.networkPolicies().minus(new ObjectName("x", "closed")));
        publish(ObjectKind.NETWORK_POLICY, new ObjectName("x", "closed"));
        state = state.withNamespaces(state.namespaces().minus("x"));
        publish(ObjectKind.NAMESPACE, new Namespace("x", Map.of()).objectName());
        assertThat(identities()).as("of pods that are left").isEqualTo(1);
        assertThat(lets(first, web)).as("an address of nobody").isFalse();

        put(new Namespace("x", Map.of("team", "blue")));
        put(pod("x", "a", "u-2", "a", second, false));
        assertThat(lets(second, web)).as("the labels of before").isFalse();
        assertThat(lets(first, web)).as("the address of before").isFalse();
        assertThat(lets(web, second)).as("the policy of before").isTrue();

        put(new Namespace("x", Map.of("team", "red")));
        assertThat(lets(second, web)).isTrue();
        assertThat(lets(first, web)).isFalse();
        assertThat(identities()).isEqualTo(2);
    }

    @Test
    void C8_04_theAddressOfACompletedJobIsThatOfThePodThatHasItNow() {
        put(ingress(
                "y",
                "jobs",
                labelled("app", "web"),
                new PolicyPeer.SelectedPods(LabelSelector.EVERYTHING, labelled("app", "job"))));
        put(ingress("y", "closed", labelled("app", "job")));
        put(new Namespace("y", Map.of()));
        put(pod("y", "job", "u-job", "job", first, false));
        assertThat(lets(first, web)).as("a job that runs").isTrue();
        assertThat(lets(web, first)).isFalse();

        put(pod("y", "job", "u-job", "job", first, true));
        assertThat(lets(first, web)).as("one that has ended").isFalse();

        put(pod("y", "next", "u-next", "next", first, false));
        assertThat(lets(first, web)).as("who has its address").isFalse();
        assertThat(lets(web, first)).as("what the job was held to").isTrue();

        state = state.withPods(state.pods().minus(new ObjectName("y", "job")));
        publish(ObjectKind.POD, new ObjectName("y", "job"));
        assertThat(lets(web, first)).as("the job is deleted").isTrue();
        assertThat(lets(first, web)).isFalse();
        assertThat(identities()).isEqualTo(2);
    }
}
