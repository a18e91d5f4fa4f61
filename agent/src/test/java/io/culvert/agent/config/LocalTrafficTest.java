// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.net.IpPrefix;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The settings about addresses of nodes and pods, as those who read them get them.
final class LocalTrafficTest {

    @Test
    void withoutAnythingPodInterfacesTell() {
        assertThat(LocalTraffic.of(settings(""))).isEqualTo(new LocalTraffic.PodInterface());
    }

    @Test
    void aBlockAloneMeansThatItTells() {
        assertThat(LocalTraffic.of(settings("cluster-cidr: [10.244.0.0/16, 'fd44::/48']\n")))
                .isEqualTo(new LocalTraffic.ClusterCidr(List.of(block("10.244.0.0/16"), block("fd44::/48"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"node-cidr", "NodeCIDR", "nodecidr"})
    void modesAreWrittenAsHereOrAsInKubernetes(String mode) {
        assertThat(LocalTraffic.of(settings("cluster-cidr: 10.244.0.0/16\ndetect-local-mode: " + mode + "\n")))
                .isEqualTo(new LocalTraffic.NodeCidr());
    }

    @Test
    void interfacesAreTakenWithTheirMode() {
        assertThat(LocalTraffic.of(settings("detect-local-mode: BridgeInterface\npod-bridge-interface: cni0\n")))
                .isEqualTo(new LocalTraffic.BridgeInterface("cni0"));
        assertThat(LocalTraffic.of(
                        settings("detect-local-mode: InterfaceNamePrefix\npod-interface-name-prefix: cali\n")))
                .isEqualTo(new LocalTraffic.InterfaceNamePrefix("cali"));
    }

    @Test
    void A7_05_theModeWithoutABlockTakesNothingForLocal() {
        assertThat(LocalTraffic.of(settings("detect-local-mode: cluster-cidr\n")))
                .isEqualTo(new LocalTraffic.ClusterCidr(List.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.244.0.0/33", "10.244.0.0", "fd44::/129", "pods", "10.0.0.0/8,10.244.0.0/16"})
    void A7_06_aBlockThatIsNoneEndsTheStart(String blocks) {
        assertThatThrownBy(() -> settings("cluster-cidr: '" + blocks + "'\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("write an address block, or one of each family");
    }

    @Test
    void nodePortAddressesAreAWordOrBlocks() {
        assertThat(settings("").get(Setting.NODEPORT_ADDRESSES)).isEqualTo(new NodePortAddresses.Primary());
        assertThat(settings("nodeport-addresses: all\n").get(Setting.NODEPORT_ADDRESSES))
                .isEqualTo(new NodePortAddresses.All());
        assertThat(settings("nodeport-addresses: [192.0.2.0/24, 'fd30::/64']\n").get(Setting.NODEPORT_ADDRESSES))
                .isEqualTo(new NodePortAddresses.Blocks(List.of(block("192.0.2.0/24"), block("fd30::/64"))))
                .hasToString("192.0.2.0/24,fd30::/64");
    }

    private static Settings settings(String text) {
        return Settings.resolve(Map.of(), Map.of(), ConfigFile.parse("agent.yaml", text));
    }

    private static IpPrefix block(String text) {
        return IpPrefix.parse(text).orElseThrow();
    }
}
