// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.maps.FrontendKey;
import io.culvert.servicelb.InMemoryTables.Choice;
import io.culvert.servicelb.desired.AddressClaims;
import io.culvert.servicelb.desired.DesiredFrontend;
import io.culvert.servicelb.desired.DesiredServicePort;
import io.culvert.servicelb.desired.EndpointSets;
import io.culvert.servicelb.desired.Endpoints;
import io.culvert.servicelb.desired.NodeContext;
import io.culvert.servicelb.desired.PortEndpoint;
import io.culvert.servicelb.desired.ServiceCompiler;
import io.culvert.servicelb.desired.ServicePortName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A connection that is made between any two writes is given what the old state gives it or what the new one does.
class WriteOrderTest {

    private static final int ROUNDS = 300;
    private static final int STEPS = 15;

    @Test
    void A14_05_everyPrefixOfTheWritesServesTheOldOrTheNewState() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            LoadBalancerFixture run = new LoadBalancerFixture();
            RandomCluster changes = new RandomCluster(run.cluster, random);
            for (int step = 0; step < STEPS; step++) {
                Expectation old = Expectation.of(run);
                changes.step();
                Transition transition = new Transition(run, old, "seed " + seed + " round " + round + " step " + step);
                run.tables.observer = transition::check;
                run.apply();
                assertThat(run.tables.choices().keySet())
                        .as(transition.what)
                        .isEqualTo(transition.wanted.byKey.keySet());
                run.settle();
                run.tables.observer = () -> {};
            }
        }
    }

    @Test
    void A17_02_theSameAfterACrashAtEveryPoint() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            LoadBalancerFixture run = new LoadBalancerFixture();
            RandomCluster changes = new RandomCluster(run.cluster, random);
            for (int step = 0; step < STEPS; step++) {
                Expectation old = Expectation.of(run);
                changes.step();
                String what = "seed " + seed + " round " + round + " step " + step;
                Transition transition = new Transition(run, old, what);
                crashAfter(run, random.nextInt(12), transition);
                run.tables.observer = transition::check;
                run.restart();
                run.balancer.apply(ClusterUpdate.everything(run.cluster.state(), true));
                run.settle();
                run.tables.observer = () -> {};
                IncrementalTest.assertSameAsFresh(run, what);
                LoadBalancerFailureTest.assertNoStrayIds(run, what);
                assertThat(run.tables.extents).as(what).hasSize(run.tables.reachable());
            }
        }
    }

    /// An agent that is gone after a number of writes.
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private static void crashAfter(LoadBalancerFixture run, int writes, Transition transition) {
        int[] left = {writes};
        run.tables.observer = () -> {
            transition.check();
            if (left[0]-- == 0) {
                throw new Crash();
            }
        };
        try {
            run.apply();
            run.settle();
        } catch (Crash e) {
            assertThat(left[0]).isNegative();
        }
    }

    /// What a state gives connections: of each Service port both sets, and of each frontend whose it is and which
    /// set.
    private record Expectation(
            Map<ServicePortName, EndpointSets> sets,
            Map<FrontendKey, ServicePortName> owners,
            Map<FrontendKey, Boolean> byKey) {

        static Expectation of(LoadBalancerFixture run) {
            ClusterState state = run.cluster.state();
            NodeContext node = NodeContext.of(Endpoints.HERE, state);
            AddressClaims claims = AddressClaims.of(state);
            Expectation all = new Expectation(new HashMap<>(), new HashMap<>(), new HashMap<>());
            state.services()
                    .keySet()
                    .forEach(name -> ServiceCompiler.compile(name, state, node, claims)
                            .ports()
                            .forEach(port -> all.add(port, node)));
            return all;
        }

        private void add(DesiredServicePort port, NodeContext node) {
            sets.put(port.name(), port.endpoints().widened(node));
            for (DesiredFrontend frontend : port.frontends()) {
                owners.put(frontend.key(), port.name());
                byKey.put(frontend.key(), frontend.localSet());
            }
        }

        /// What `key` gives, by its own policy.
        @Nullable
        Set<Choice> choices(FrontendKey key) {
            ServicePortName owner = owners.get(key);
            Boolean localSet = byKey.get(key);
            return owner == null || localSet == null ? null : choices(owner, localSet);
        }

        /// What a Service port gives, by either policy; null if it does not exist.
        @Nullable
        Set<Choice> choices(ServicePortName owner, boolean localSet) {
            EndpointSets both = sets.get(owner);
            if (both == null) {
                return null;
            }
            Set<Choice> choices = new HashSet<>();
            for (PortEndpoint endpoint : localSet ? both.localSet() : both.clusterSet()) {
                choices.add(new Choice(endpoint.address(), endpoint.port(), endpoint.local(), !endpoint.ready()));
            }
            return choices;
        }
    }

    /// The way from one state to the next.
    private static final class Transition {

        private final InMemoryTables tables;
        private final Expectation old;
        private final Expectation wanted;
        private final String what;

        Transition(LoadBalancerFixture run, Expectation old, String what) {
            this.tables = run.tables;
            this.old = old;
            this.wanted = Expectation.of(run);
            this.what = what;
        }

        private List<ServicePortName> owners(FrontendKey key) {
            return Stream.of(old.owners.get(key), wanted.owners.get(key))
                    .filter(Objects::nonNull)
                    .toList();
        }

        void check() {
            Set<FrontendKey> keys = new HashSet<>(old.byKey.keySet());
            keys.addAll(wanted.byKey.keySet());
            for (FrontendKey key : keys) {
                List<@Nullable Set<Choice>> allowed = new ArrayList<>();
                allowed.add(old.choices(key));
                allowed.add(wanted.choices(key));
                // Until a frontend is switched or gone, it asks the new extent of its Service by its old policy;
                // after a restart that Service can be its next one.
                Boolean policy = old.byKey.get(key);
                for (ServicePortName owner : owners(key)) {
                    if (policy != null && wanted.sets.containsKey(owner)) {
                        allowed.add(wanted.choices(owner, policy));
                    }
                }
                Set<Choice> now = tables.choices(key);
                assertThat(allowed.contains(now))
                        .as("%s %s gives %s, not one of %s", what, key, now, allowed)
                        .isTrue();
            }
        }
    }
}
