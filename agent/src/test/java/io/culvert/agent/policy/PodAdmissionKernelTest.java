// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.agent.cni.PodSandbox;
import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.EventSink;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.LabelSelector;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.cluster.policy.PolicyState;
import io.culvert.maps.datapath.Datapath;
import io.culvert.maps.datapath.DatapathConfig;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.maps.datapath.PolicyQuestion;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// When a pod may start.
@KernelTest
@SuppressWarnings("NullAway.Init") // set before each test
final class PodAdmissionKernelTest {

    private static final ObjectName WEB = new ObjectName("default", "web");
    private static final IpAddress BEFORE = IpAddress.of("10.1.0.3");
    private static final IpAddress AGAIN = IpAddress.of("10.1.0.4");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path bpffs = Path.of(
            "/sys/fs/bpf", "culvert-admission-" + ProcessHandle.current().pid());
    private Datapath datapath;
    private NodePolicies policies;

    @BeforeEach
    void open() {
        datapath = Datapath.open(DatapathConfig.of(bpffs));
        policies = new NodePolicies(
                datapath, "n1", 0, EventSink.NONE, _ -> {}, new PodExposure(System::nanoTime, _ -> {}));
        tell();
    }

    @AfterEach
    void close() {
        datapath.close();
        DatapathPins.remove(bpffs);
    }

    /// What the cluster says of pod web.
    private void tell(IpAddress... addresses) {
        tell(List.of(), addresses);
    }

    private void tell(List<NetworkPolicy> all, IpAddress... addresses) {
        PolicyPod web =
                new PolicyPod(WEB, "u-web", Instant.EPOCH, Map.of(), List.of(addresses), false, false, Set.of(), "n1");
        PolicyState state = PolicyState.EMPTY;
        for (NetworkPolicy policy : all) {
            state = state.withNetworkPolicies(state.networkPolicies().plus(policy.name(), policy));
        }
        policies.apply(ClusterUpdate.everything(
                ClusterState.EMPTY.withPolicies(state.withPods(state.pods().plus(WEB, web))), true));
    }

    private static PodSandbox sandbox(String container, IpAddress address) {
        return new PodSandbox(container, WEB, "u-web", List.of(address), List.of("cali1"));
    }

    private void look(int index) {
        policies.interfaces(Map.of(), Map.of(), Map.of(index, "cali1"), System.nanoTime());
    }

    /// What the agent last saw under this name may be gone, and the one of this pod be without programs.
    @Test
    void C8_19_aPodWaitsForALookAtTheNetworkThatIsYoungerThanTheQuestion() throws Exception {
        look(7);

        assertThat(policies.admit(sandbox("c1", BEFORE), () -> {}, Duration.ofMillis(1)))
                .hasValueSatisfying(missing -> assertThat(missing).contains("not looked at again"));
        assertThat(policies.admit(sandbox("c1", BEFORE), () -> look(8), PATIENCE))
                .isEmpty();
    }

    @Test
    void C8_19_aSandboxThatIsMadeAnewIsBelievedUntilTheObjectSaysMore() throws Exception {
        assertThat(policies.admit(sandbox("c1", BEFORE), () -> look(7), PATIENCE))
                .isEmpty();
        tell(BEFORE);
        assertThat(owned()).containsExactly(BEFORE);

        assertThat(policies.admit(sandbox("c2", AGAIN), () -> look(7), PATIENCE))
                .isEmpty();
        assertThat(owned()).containsExactly(AGAIN);
        tell(BEFORE);
        assertThat(owned()).as("the object of before, told again").containsExactly(AGAIN);
        tell();
        assertThat(owned()).containsExactly(AGAIN);

        policies.release("c1");
        tell(AGAIN);
        policies.release("c2");
        assertThat(owned()).as("the object alone").containsExactly(AGAIN);
    }

    /// Whatever is known when the runtime is answered holds: here a policy that came while it waited for the Pod
    /// object.
    @Test
    void C5_02_aPolicyThatIsMadeWhileAPodStartsHoldsBeforeItRuns() throws Exception {
        policies.apply(ClusterUpdate.everything(ClusterState.EMPTY, true));
        CompletableFuture<Optional<String>> admitted = new CompletableFuture<>();
        Thread runtime = Thread.ofVirtual().start(() -> {
            try {
                admitted.complete(policies.admit(sandbox("c1", BEFORE), () -> look(7), PATIENCE));
            } catch (Throwable e) {
                admitted.completeExceptionally(e);
            }
        });
        await().atMost(PATIENCE).until(() -> policies.missing("c1").orElse("").contains("no Pod object"));
        NetworkPolicy closed = new NetworkPolicy(
                new ObjectName("default", "closed"),
                LabelSelector.EVERYTHING,
                Set.of(Direction.INGRESS),
                List.of(),
                List.of());

        assertThat(admitted).isNotDone();
        tell(List.of(closed));

        assertThat(admitted.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEmpty();
        runtime.join();
        assertThat(datapath.policies()
                        .ask(new PolicyQuestion(false, IpAddress.of("203.0.113.7"), BEFORE, Protocol.TCP.number(), 80))
                        .allowed())
                .isFalse();
        assertThat(datapath.policies().areEnforced()).isTrue();
    }

    private Set<IpAddress> owned() {
        return policies.view().orElseThrow().plan().ipcache().keySet();
    }
}
