// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static io.culvert.policy.RuleDraft.allow;
import static io.culvert.policy.Written.ipBlock;
import static io.culvert.policy.Written.namespaces;
import static io.culvert.policy.Written.pods;
import static io.culvert.policy.Written.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.policy.Namespace;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.cluster.policy.PolicyPod;
import io.culvert.net.Protocol;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// A large cluster is compiled in seconds, and what is made of it stays small.
class PolicyScaleTest {

    private static final int NAMESPACES = 500;
    private static final int PODS = 5_000;
    private static final int POLICIES = 2_000;

    /// A quadratic step anywhere would take minutes; a machine that is busy does not.
    @Test
    void aLargeClusterIsCompiledInSeconds() {
        PolicyInputs inputs = new PolicyInputs(
                IntStream.range(0, NAMESPACES)
                        .mapToObj(PolicyScaleTest::namespace)
                        .toList(),
                IntStream.range(0, PODS).mapToObj(PolicyScaleTest::pod).toList(),
                List.of(),
                IntStream.range(0, POLICIES).mapToObj(PolicyScaleTest::policy).toList(),
                List.of(),
                IntStream.range(0, 110).mapToObj(i -> podName(i * 45)).collect(Collectors.toSet()));
        PolicyPlan plan = PolicyCompiler.compile(inputs);
        long start = System.nanoTime();
        PolicyPlan again = PolicyCompiler.compile(inputs);
        long millis = (System.nanoTime() - start) / 1_000_000;

        System.out.printf(
                "compiled %d pods, %d policies in %d ms: %d identities, %d classes, %d tables, %d sets%n",
                PODS,
                POLICIES,
                millis,
                plan.identities().size(),
                plan.classes().size(),
                plan.tables().size(),
                plan.sets().size());
        assertThat(again).isEqualTo(plan);
        assertThat(millis).isLessThan(10_000);
        assertThat(plan.ipcache()).hasSize(2 * PODS);
        assertThat(plan.tables()).as("tables are shared").hasSizeLessThan(100);
    }

    private static Namespace namespace(int i) {
        return new Namespace("ns" + i, Map.of("team", "t" + i % 20));
    }

    private static ObjectName podName(int i) {
        return new ObjectName("ns" + i % NAMESPACES, "pod" + i);
    }

    private static PolicyPod pod(int i) {
        return PodDraft.named(podName(i).toString())
                .labels("app=a" + i / NAMESPACES % 5 + ",pod-template-hash=h" + i)
                .at("10." + (i >> 8) + "." + (i & 255) + ".1", "fd00::" + Integer.toHexString(i))
                .port("web", Protocol.TCP, 8000 + i % 3)
                .pod();
    }

    private static NetworkPolicy policy(int i) {
        return Written.ingress(
                "ns" + i % NAMESPACES + "/p" + i,
                i % 4 == 0 ? "" : "app=a" + i % 5,
                allow().peers(pods("app in (a1,a2)"), namespaces("team=t" + i % 20))
                        .ports(tcp(80), tcp(8000, 8100)),
                allow().peers(ipBlock("10.0.0.0/8", "10." + i % 20 + ".0.0/16")).ports(tcp(443)),
                allow().ports(Written.named(Protocol.TCP, "web")));
    }
}
