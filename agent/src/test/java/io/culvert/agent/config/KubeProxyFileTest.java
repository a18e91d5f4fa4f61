// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.agent.config.ImportedField.Fate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A cluster's KubeProxyConfiguration in place of our own file.
final class KubeProxyFileTest {

    private static final String HEAD = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n";

    /// Every field of v1alpha1, empty or with its zero value, as kubeadm writes it.
    @Test
    void A16_theFileThatKubeadmWritesMeansKubeProxysDefaults() throws IOException {
        ConfigFile file = ConfigFile.parse("kubeadm.yaml", resource("kubeadm.yaml"));

        assertThat(file.mistakes()).isEmpty();
        assertThat(file.imported().stream().map(ImportedField::toString))
                .containsExactly(
                        "kubeadm.yaml:3: bindAddress 0.0.0.0: used, sets bind-address 0.0.0.0",
                        "kubeadm.yaml:4: bindAddressHardFail false: used, sets bind-address-hard-fail false",
                        "kubeadm.yaml:8: clientConnection.kubeconfig /var/lib/kube-proxy/kubeconfig.conf: used,"
                                + " sets kubeconfig /var/lib/kube-proxy/kubeconfig.conf",
                        "kubeadm.yaml:10: clusterCIDR 10.244.0.0/16: used, sets cluster-cidr 10.244.0.0/16",
                        "kubeadm.yaml:16: conntrack.tcpBeLiberal false: used, sets kernel-conntrack-tcp-be-liberal false",
                        "kubeadm.yaml:30: iptables.masqueradeAll false: used, sets masquerade-all false",
                        "kubeadm.yaml:64: nodePortAddresses not set: warning, sets nodeport-addresses all"
                                + "; as kube-proxy's default in this mode: every address of the node serves NodePorts;"
                                + " primary would be one of each family",
                        "kubeadm.yaml:29: iptables.localhostNodePorts not set: warning, sets localhost-nodeports true"
                                + "; at connect(2) and without route_localnet, so that no neighbour can reach it; also"
                                + " on ::1");
        Settings settings = Settings.resolve(Map.of(), Map.of(), file);
        assertThat(settings.get(Setting.HEALTHZ)).hasToString("0.0.0.0:10256");
        assertThat(settings.get(Setting.METRICS)).hasToString("127.0.0.1:10249");
        assertThat(settings.get(Setting.KUBECONFIG)).isEqualTo(Path.of("/var/lib/kube-proxy/kubeconfig.conf"));
        assertThat(settings.get(Setting.OOM_SCORE_ADJ)).isEqualTo(-999);
        assertThat(settings.get(Setting.KERNEL_CONNTRACK_MAX_PER_CORE)).isEqualTo(32768);
        assertThat(settings.get(Setting.KERNEL_CONNTRACK_MIN)).isEqualTo(131072);
        assertThat(settings.get(Setting.KERNEL_CONNTRACK_TCP_ESTABLISHED)).isEqualTo(Duration.ofDays(1));
        assertThat(settings.get(Setting.KERNEL_CONNTRACK_TCP_CLOSE_WAIT)).isEqualTo(Duration.ofHours(1));
    }

    /// Every field of v1alpha1 with a value that is not its default. A field that nobody thought of would be a warning.
    @Test
    void A16_everyFieldIsMappedOrIgnoredForAReason() throws IOException {
        ConfigFile file = ConfigFile.parse("full.yaml", resource("full.yaml"));

        assertThat(file.mistakes()).isEmpty();
        assertThat(file.imported())
                .noneMatch(field -> field.note().contains("not a field"))
                .allMatch(field -> !field.note().isBlank());
        assertThat(file.imported().stream().map(ImportedField::field).distinct())
                .hasSize(file.imported().size());
        Settings settings = Settings.resolve(Map.of(), Map.of(), file);
        assertThat(settings.get(Setting.NODE_NAME)).isEqualTo("worker-1");
        assertThat(settings.get(Setting.HEALTHZ)).hasToString("192.0.2.1:10256");
        assertThat(settings.get(Setting.METRICS)).hasToString("[fd30::1]:10249");
        assertThat(settings.get(Setting.BIND_ADDRESS)).hasToString("192.0.2.1");
        assertThat(settings.get(Setting.NODEPORT_ADDRESSES)).hasToString("192.0.2.0/24,fd30::/64");
        assertThat(settings.get(Setting.LOCALHOST_NODEPORTS)).isFalse();
        assertThat(settings.get(Setting.MASQUERADE_ALL)).isTrue();
        assertThat(LocalTraffic.of(settings)).isEqualTo(new LocalTraffic.InterfaceNamePrefix("veth"));
        assertThat(settings.get(Setting.OOM_SCORE_ADJ)).isEqualTo(-500);
        assertThat(settings.get(Setting.LOG_LEVEL)).isEqualTo(LogLevel.DEBUG);
        assertThat(settings.get(Setting.KERNEL_CONNTRACK_TCP_BE_LIBERAL)).isTrue();
        assertThat(settings.get(Setting.KERNEL_CONNTRACK_MAX_PER_CORE)).isZero();
        assertThat(settings.get(Setting.KERNEL_CONNTRACK_TCP_ESTABLISHED)).isEqualTo(Duration.ofDays(2));
        assertThat(settings.get(Setting.TCP_ESTABLISHED_TIMEOUT)).isEqualTo(Duration.ofDays(2));
        assertThat(settings.get(Setting.KERNEL_CONNTRACK_TCP_CLOSE_WAIT)).isZero();
        assertThat(settings.get(Setting.KERNEL_CONNTRACK_UDP)).isEqualTo(Duration.ofMillis(30_500));
        assertThat(settings.get(Setting.UDP_TIMEOUT)).isEqualTo(Duration.ofMillis(30_500));
        assertThat(settings.get(Setting.UDP_STREAM_TIMEOUT)).isEqualTo(Duration.ofMinutes(5));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // mode | nodePortAddresses | localhostNodePorts | addresses | on localhost
                "iptables | - | - | all | true",
                "iptables | - | false | all | false",
                "'' | [] | - | all | true",
                "ipvs | - | true | all | false",
                "nftables | - | true | primary | false",
                "nftables | [primary] | - | primary | false",
                "nftables | [localhost, 192.0.2.0/24, 'fd30::/64'] | - | 127.0.0.0/8,::1/128,192.0.2.0/24,fd30::/64 | true",
                "nftables | [0.0.0.0/0, '::/0'] | - | 0.0.0.0/0,::/0 | false",
                "iptables | [primary] | - | primary | false",
                "iptables | [all] | - | all | true",
                "iptables | [192.0.2.0/24, 'fd30::/64'] | - | 192.0.2.0/24,fd30::/64 | false",
                "iptables | [192.0.2.0/24] | true | 192.0.2.0/24,::/0 | false",
                "iptables | ['fd30::/64'] | - | fd30::/64,0.0.0.0/0 | true",
                "iptables | [127.0.0.0/8] | - | 127.0.0.0/8,::/0 | true",
            })
    void A10_02_A10_03_A10_08_nodePortsAreServedWhereTheModeServedThem(
            String mode, String addresses, String localhost, String expected, boolean onLocalhost) {
        Settings settings = Settings.resolve(
                Map.of(),
                Map.of(),
                parse("mode: '%s'\nnodePortAddresses: %s\niptables: {localhostNodePorts: %s}\n"
                        .formatted(mode, addresses, localhost)));

        assertThat(settings.get(Setting.NODEPORT_ADDRESSES)).hasToString(expected);
        assertThat(settings.get(Setting.LOCALHOST_NODEPORTS)).isEqualTo(onLocalhost);
    }

    @Test
    void aWiderDefaultThanOurOwnIsAWarningAndItsAbsenceIsNone() {
        assertThat(parse("mode: iptables\n").imported())
                .filteredOn(field -> field.fate() == Fate.WARNING)
                .extracting(ImportedField::field)
                .containsExactly("nodePortAddresses", "iptables.localhostNodePorts");
        assertThat(parse("mode: nftables\n").imported())
                .extracting(ImportedField::field)
                .containsExactly("mode");
    }

    @Test
    void fieldsOfAnotherModeHaveNoEffect() {
        ConfigFile file = parse("""
                mode: nftables
                iptables: {masqueradeAll: true}
                ipvs: {tcpTimeout: 2h0m0s, scheduler: sh}
                """);

        assertThat(Settings.resolve(Map.of(), Map.of(), file).get(Setting.MASQUERADE_ALL))
                .isFalse();
        assertThat(file.imported())
                .extracting(ImportedField::field, ImportedField::fate, ImportedField::note)
                .contains(
                        tuple("iptables.masqueradeAll", Fate.IGNORED, "not of the mode nftables"),
                        tuple("ipvs.tcpTimeout", Fate.IGNORED, "not of the mode nftables"),
                        tuple("ipvs.scheduler", Fate.IGNORED, "not of the mode nftables"));
    }

    @Test
    void connectionsThatIpvsKeptAreKeptAsLongAsBefore() {
        Settings settings = Settings.resolve(Map.of(), Map.of(), parse("""
                mode: ipvs
                ipvs: {tcpTimeout: 2h30m0s, tcpFinTimeout: 20s, udpTimeout: 0s}
                conntrack: {tcpEstablishedTimeout: 1h0m0s}
                """));

        assertThat(settings.get(Setting.TCP_ESTABLISHED_TIMEOUT)).isEqualTo(Duration.ofMinutes(150));
        assertThat(settings.get(Setting.TCP_CLOSING_TIMEOUT)).isEqualTo(Duration.ofSeconds(20));
        assertThat(settings.get(Setting.UDP_TIMEOUT)).isEqualTo(Duration.ofSeconds(60));
        assertThat(settings.get(Setting.KERNEL_CONNTRACK_TCP_ESTABLISHED)).isEqualTo(Duration.ofHours(1));
    }

    @Test
    void serversOfAnIpv6NodeListenThere() {
        Settings settings = Settings.resolve(Map.of(), Map.of(), parse("bindAddress: '::'\n"));

        assertThat(settings.get(Setting.HEALTHZ)).hasToString("[::]:10256");
        assertThat(settings.get(Setting.METRICS)).hasToString("[::1]:10249");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mode: kernelspace | mode: \"kernelspace\" is refused: for nodes with Windows; Culvert runs on Linux only",
                "mode: userspace | mode: \"userspace\" is refused: kube-proxy has no such mode; write iptables, ipvs or nftables",
                "windowsRunAsService: true | windowsRunAsService: \"true\" is refused: for nodes with Windows; Culvert runs on Linux only",
                "clusterCIDR: 10.0.0.0/40 | clusterCIDR: \"10.0.0.0/40\" is refused: it is not a value for it; write an address block, or one of each family, as 10.244.0.0/16,fd44::/48",
                "nodePortAddresses: [primary, 10.0.0.0/8] | nodePortAddresses: \"primary,10.0.0.0/8\" is refused: it is not a value for it; write primary, all, or address blocks separated by commas, as 192.0.2.0/24",
                "conntrack: {maxPerCore: -1} | conntrack.maxPerCore: \"-1\" is refused: it is not a value for it; write a number from 0 to 67108864",
                "conntrack: {udpTimeout: -5s} | conntrack.udpTimeout: \"-5s\" is refused: it is not a duration; write one as 1h30m0s",
                "ipvs: {tcpTimeout: fast}, mode: ipvs | ipvs.tcpTimeout: \"fast\" is refused: it is not a duration; write one as 1h30m0s",
                "detectLocalMode: Guess | detectLocalMode: \"Guess\" is refused: it is not a value for it; write cluster-cidr, node-cidr, bridge-interface, interface-name-prefix or pod-interface",
            })
    void A16_whatCannotBeMeantEndsTheStart(String fields, String line) {
        ConfigFile file = ConfigFile.parse(
                "proxy.yaml",
                "{apiVersion: kubeproxy.config.k8s.io/v1alpha1, kind: KubeProxyConfiguration, " + fields + "}");

        assertThat(file.mistakes()).containsExactly("proxy.yaml:1: " + line);
        assertThat(file.imported()).anyMatch(field -> field.fate() == Fate.REFUSED);
        assertThatThrownBy(() -> Settings.resolve(Map.of(), Map.of(), file)).isInstanceOf(ConfigException.class);
    }

    @Test
    void aFieldThatDoesNotExistIsAWarning() {
        assertThat(parse("nodePortAdresses: [primary]\n").imported())
                .anyMatch(field -> field.toString()
                        .equals("proxy.yaml:3: nodePortAdresses primary: warning, not a field of v1alpha1, so it has no"
                                + " effect; check its spelling"));
    }

    @Test
    void anotherVersionAndTheConfigMapAroundItAreRefused() {
        assertThat(ConfigFile.parse("proxy.yaml", HEAD.replace("v1alpha1", "v1alpha2"))
                        .mistakes())
                .containsExactly("proxy.yaml:1: KubeProxyConfiguration has apiVersion kubeproxy.config.k8s.io/v1alpha2,"
                        + " which is not known; write kubeproxy.config.k8s.io/v1alpha1");
        assertThatThrownBy(() -> ConfigFile.parse("cm.yaml", "apiVersion: v1\nkind: ConfigMap\ndata: {}\n"))
                .hasMessage("cm.yaml:1: this is the ConfigMap around the configuration; write the file in it:"
                        + " kubectl -n kube-system get configmap kube-proxy -o jsonpath='{.data.config\\.conf}'");
    }

    @ParameterizedTest
    @CsvSource({"1h30m0s,5400000", "1.5s,1500", "250ms,250", "0,0", "0s,0", "1us,0", "24h0m0s,86400000"})
    void durationsAreGos(String text, long millis) {
        assertThat(GoDuration.parse(text).map(Duration::toMillis)).hasValue(millis);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "-1s", "1d", "1h 5m", "s", "1.s", "99999999999h"})
    void otherTextIsNoDuration(String text) {
        assertThat(GoDuration.parse(text)).isEmpty();
    }

    private static org.assertj.core.groups.Tuple tuple(Object... values) {
        return org.assertj.core.groups.Tuple.tuple(values);
    }

    private static ConfigFile parse(String fields) {
        return ConfigFile.parse("proxy.yaml", HEAD + fields);
    }

    private static String resource(String name) throws IOException {
        try (var stream = Objects.requireNonNull(KubeProxyFileTest.class.getResourceAsStream("/kube-proxy/" + name))) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
