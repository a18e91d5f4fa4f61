// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import static io.culvert.servicelb.ClusterFixture.name;
import static io.culvert.servicelb.desired.Endpoints.HERE;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.Endpoint;
import io.culvert.cluster.EndpointPort;
import io.culvert.cluster.EndpointSlice;
import io.culvert.cluster.LoadBalancerIngress;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.ServiceType;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.maps.FrontendFlag;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.servicelb.ClusterFixture;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// From annotations of a Service to who answers clients outside.
class ForwardingModeTest {

    private static final String KEY = "culvert.io/forwarding-mode";

    private final ClusterFixture cluster = new ClusterFixture();

    private CompiledService compile(TrafficPolicy policy, @Nullable String node, Map<String, String> annotations) {
        cluster.put(Service.builder(name("web"))
                .type(ServiceType.LOAD_BALANCER)
                .clusterIps(List.of(IpAddress.of("10.96.0.1")))
                .port(new ServicePort("http", Protocol.TCP, 80, 30080))
                .ingress(List.of(new LoadBalancerIngress(IpAddress.of("192.0.2.1"), true)))
                .externalIps(List.of(IpAddress.of("192.0.2.9")))
                .externalTrafficPolicy(policy)
                .annotations(annotations));
        cluster.put(new EndpointSlice(
                name("web-1"),
                "web",
                IpFamily.IPV4,
                Instant.EPOCH,
                List.of(new EndpointPort("http", Protocol.TCP, 8080)),
                List.of(Endpoint.ready(IpAddress.of("10.1.0.1"), HERE), Endpoint.ready(IpAddress.of("10.1.7.1"), node)),
                null));
        return ServiceCompiler.compile(
                name("web"), cluster.state(), new NodeContext(HERE, null), AddressClaims.of(cluster.state()));
    }

    private static Set<String> direct(CompiledService compiled) {
        return compiled.ports().stream()
                .flatMap(port -> port.frontends().stream())
                .filter(frontend -> frontend.flags().contains(FrontendFlag.DSR))
                .map(frontend -> frontend.type().toString())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {KEY, "service.cilium.io/forwarding-mode"})
    void dsrHoldsForWhatIsServedOutside(String key) {
        CompiledService compiled = compile(TrafficPolicy.CLUSTER, "n9", Map.of(key, "dsr"));

        assertThat(direct(compiled)).containsExactly("ExternalIP", "LoadBalancer", "NodePort");
        assertThat(compiled.conflicts()).isEmpty();
    }

    @Test
    void ourAnnotationGoesBeforeTheOther() {
        Map<String, String> both = Map.of(KEY, "snat", "service.cilium.io/forwarding-mode", "dsr");

        assertThat(direct(compile(TrafficPolicy.CLUSTER, "n9", both))).isEmpty();
    }

    @Test
    void withoutItOrWithLocalPolicyNothingIsDirect() {
        assertThat(direct(compile(TrafficPolicy.CLUSTER, "n9", Map.of()))).isEmpty();
        assertThat(direct(compile(TrafficPolicy.LOCAL, "n9", Map.of(KEY, "dsr"))))
                .isEmpty();
    }

    @Test
    void aValueThatMeansNothingIsReported() {
        CompiledService compiled = compile(TrafficPolicy.CLUSTER, "n9", Map.of(KEY, "DSR"));

        assertThat(direct(compiled)).isEmpty();
        assertThat(compiled.conflicts())
                .extracting(ServiceConflict::message)
                .containsExactly("annotation culvert.io/forwarding-mode is \"DSR\"; use \"snat\" or \"dsr\"");
    }

    @Test
    void anEndpointOnNoNodeIsMasqueraded() {
        CompiledService compiled = compile(TrafficPolicy.CLUSTER, null, Map.of(KEY, "dsr"));

        assertThat(direct(compiled)).isEmpty();
        assertThat(compiled.conflicts())
                .extracting(ServiceConflict::reason)
                .containsExactly("ForwardingModeUnavailable");
    }
}
