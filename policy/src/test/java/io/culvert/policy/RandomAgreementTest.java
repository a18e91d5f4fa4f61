// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.policy.Direction;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.net.IpAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The tables say what the API says: for thousands of random clusters, every pod, every address that anybody has, and
/// the ports around which something changes. `-Dpolicy.seed=N` plays one cluster again, `-Dpolicy.clusters=N` that
/// many.
class RandomAgreementTest {

    private static final int CLUSTERS = Integer.getInteger("policy.clusters", 5_000);

    private static final List<Traffic> TRAFFIC = Stream.concat(
                    Stream.of(0, 53, 80, 81, 444, 8080, 65535).map(port -> Traffic.of("tcp/" + port)),
                    Stream.of("udp/0", "udp/53", "udp/80", "sctp/80", "sctp/65535", "icmp")
                            .map(Traffic::of))
            .toList();

    @Test
    void tablesAgreeWithTheObjectsInEveryRandomCluster() {
        Long only = Long.getLong("policy.seed");
        long first = only != null ? only : new Random().nextLong();
        Map<Verdict.Reason, Long> reasons = LongStream.range(0, only != null ? 1 : CLUSTERS)
                .parallel()
                .mapToObj(i -> checked(first + i))
                .flatMap(found -> found.entrySet().stream())
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, TreeMap::new, Collectors.summingLong(Map.Entry::getValue)));
        System.out.println("random clusters from seed " + first + ": " + reasons);
        if (only == null) {
            assertThat(reasons).as("every reason occurs").containsOnlyKeys(Verdict.Reason.values());
        }
    }

    @Test
    void theOrderOfTheInputsMeansNothing() {
        long first = new Random().nextLong();
        for (long seed = first; seed < first + 300; seed++) {
            PolicyInputs inputs = new RandomCluster(seed).next();
            assertThat(PolicyCompiler.compile(shuffled(inputs, new Random(seed))))
                    .as("seed %d", seed)
                    .isEqualTo(PolicyCompiler.compile(inputs));
        }
    }

    /// Whatever goes wrong names the seed.
    private static Map<Verdict.Reason, Integer> checked(long seed) {
        try {
            return check(seed);
        } catch (RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e, e);
        }
    }

    private static Map<Verdict.Reason, Integer> check(long seed) {
        PolicyInputs inputs = new RandomCluster(seed).next();
        PlanEvaluator plan = new PlanEvaluator(PolicyCompiler.compile(inputs));
        Oracle oracle = new Oracle(inputs);
        Map<Verdict.Reason, Integer> reasons = new EnumMap<>(Verdict.Reason.class);
        for (PolicyPod pod : inputs.pods()) {
            if (!pod.governed()) {
                continue;
            }
            for (Direction direction : Direction.values()) {
                for (IpAddress peer : peers(inputs)) {
                    for (Traffic traffic : TRAFFIC) {
                        Verdict wanted = oracle.verdict(pod, direction, peer, traffic.protocol(), traffic.port());
                        Verdict found = plan.verdict(pod.name(), direction, peer, traffic.protocol(), traffic.port());
                        reasons.merge(wanted.reason(), 1, Integer::sum);
                        if (!found.equals(wanted)) {
                            throw new AssertionError("seed %d: %s %s %s %s: the tables say %s, the objects %s\n%s"
                                    .formatted(seed, pod.name(), direction, peer, traffic, found, wanted, inputs));
                        }
                    }
                }
            }
        }
        return reasons;
    }

    /// The addresses of pods, of nodes, and some of nobody.
    private static Set<IpAddress> peers(PolicyInputs inputs) {
        Set<IpAddress> peers = new TreeSet<>(RandomCluster.OUTSIDE);
        inputs.pods().forEach(pod -> peers.addAll(pod.addresses()));
        inputs.nodes().forEach(node -> peers.addAll(node.addresses()));
        return peers;
    }

    private static PolicyInputs shuffled(PolicyInputs inputs, Random random) {
        return new PolicyInputs(
                shuffled(inputs.namespaces(), random),
                shuffled(inputs.pods(), random),
                shuffled(inputs.nodes(), random),
                shuffled(inputs.networkPolicies(), random),
                shuffled(inputs.clusterNetworkPolicies(), random),
                inputs.localPods());
    }

    private static <T> List<T> shuffled(List<T> list, Random random) {
        List<T> copy = new ArrayList<>(list);
        Collections.shuffle(copy, random);
        return copy;
    }
}
