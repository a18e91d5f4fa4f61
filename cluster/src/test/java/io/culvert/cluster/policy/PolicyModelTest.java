// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.cluster.ObjectName;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PolicyModelTest {

    private static final NetworkPolicyRule RULE = new NetworkPolicyRule(List.of(), List.of());

    @Test
    void C1_04_withoutTypesAPolicyIsForIngressAndForEgressIfItHasEgressRules() {
        assertThat(policy(Set.of(), List.of()).policyTypes()).containsOnly(Direction.INGRESS);
        assertThat(policy(Set.of(), List.of(RULE)).policyTypes()).containsOnly(Direction.INGRESS, Direction.EGRESS);
        assertThat(policy(Set.of(Direction.INGRESS), List.of(RULE)).policyTypes())
                .containsOnly(Direction.INGRESS);
    }

    @Test
    void C1_05_rulesOfADirectionThatIsNotNamedMeanNothing() {
        assertThat(policy(Set.of(Direction.INGRESS), List.of(RULE)).rules(Direction.EGRESS))
                .isEmpty();
    }

    @Test
    void C1_21_aNamespaceAlwaysHasItsName() {
        Namespace namespace = new Namespace("x", Map.of(Namespace.NAME_LABEL, "another", "team", "red"));

        assertThat(namespace.labels()).isEqualTo(Map.of(Namespace.NAME_LABEL, "x", "team", "red"));
    }

    @Test
    void C1_23_C1_24_aBlockIsOfOneFamilyAndWithoutItsExceptions() {
        PolicyPeer.IpBlock block = new PolicyPeer.IpBlock(prefix("0.0.0.0/0"), List.of(prefix("10.1.0.0/16")));

        assertThat(block.contains(IpAddress.of("10.2.0.1"))).isTrue();
        assertThat(block.contains(IpAddress.of("10.1.0.1"))).isFalse();
        assertThat(block.contains(IpAddress.of("fd00::1"))).isFalse();
    }

    @Test
    void aRangeOfPortsThatEndsBeforeItBeginsIsNone() {
        assertThatThrownBy(() -> new PolicyPort.Range(Protocol.TCP, 81, 80))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no range of ports: 81 to 80");
    }

    @Test
    void aNamedPortHasTheNameAndTheProtocol() {
        ContainerPort dns = new ContainerPort("dns", Protocol.UDP, 53);

        assertThat(new PolicyPort.Named(Protocol.UDP, "dns").matches(dns)).isTrue();
        assertThat(new PolicyPort.Named(null, "dns").matches(dns)).isTrue();
        assertThat(new PolicyPort.Named(Protocol.TCP, "dns").matches(dns)).isFalse();
        assertThat(new PolicyPort.Named(Protocol.UDP, "web").matches(dns)).isFalse();
    }

    private static NetworkPolicy policy(Set<Direction> types, List<NetworkPolicyRule> egress) {
        return new NetworkPolicy(new ObjectName("x", "p"), LabelSelector.EVERYTHING, types, List.of(RULE), egress);
    }

    private static IpPrefix prefix(String text) {
        return IpPrefix.parse(text).orElseThrow();
    }
}
