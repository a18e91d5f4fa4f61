// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SettingsTest {

    @Test
    void defaultsAreThoseOfTheContract() {
        Settings settings = Settings.resolve(Map.of(), Map.of(), ConfigFile.NONE);

        assertThat(settings.get(Setting.SOURCE)).isEqualTo(SourceKind.KUBERNETES);
        assertThat(settings.get(Setting.BPFFS)).isEqualTo(Path.of("/sys/fs/bpf/culvert"));
        assertThat(settings.get(Setting.RUN_DIR)).isEqualTo(Path.of("/run/culvert"));
        assertThat(settings.get(Setting.HEALTHZ)).hasToString("0.0.0.0:10256");
        assertThat(settings.get(Setting.METRICS)).hasToString("127.0.0.1:10249");
        assertThat(settings.get(Setting.NODEPORT_RANGE)).hasToString("30000-32767");
        assertThat(settings.find(Setting.NODE_NAME)).isEmpty();
    }

    @Test
    void anOptionBeatsTheEnvironmentWhichBeatsTheFile() {
        ConfigFile file = ConfigFile.parse("agent.yaml", "node-name: file\nrun-dir: /file\nbpffs: /file\n");
        Map<String, String> environment = Map.of("CULVERT_NODE_NAME", "environment", "CULVERT_RUN_DIR", "/environment");

        Settings settings = Settings.resolve(Map.of(Setting.NODE_NAME, "option"), environment, file);

        assertThat(settings.get(Setting.NODE_NAME)).isEqualTo("option");
        assertThat(settings.get(Setting.RUN_DIR)).isEqualTo(Path.of("/environment"));
        assertThat(settings.get(Setting.BPFFS)).isEqualTo(Path.of("/file"));
    }

    @Test
    void listsAreWrittenAsListsOrWithCommas() {
        ConfigFile file = ConfigFile.parse("agent.yaml", "pod-interfaces: [cali*, veth*]\ndevices: eth0, eth1\n");

        Settings settings = Settings.resolve(Map.of(), Map.of(), file);

        assertThat(settings.get(Setting.POD_INTERFACES)).containsExactly("cali*", "veth*");
        assertThat(settings.get(Setting.DEVICES)).containsExactly("eth0", "eth1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nodename: n1 | agent.yaml:1: nodename is not a setting; did you mean node-name?",
                "run_dir: /x | agent.yaml:1: run_dir is not a setting; did you mean run-dir?",
                "frobnicate: 1 | agent.yaml:1: frobnicate is not a setting; culvert agent --help lists them all",
                "source: etcd | agent.yaml:1: source: \"etcd\" is not a value for it; write kubernetes or manifests",
                "socket-lb: 3 | agent.yaml:1: socket-lb: \"3\" is not a value for it; write true or false",
                "socket-lb: [true] | agent.yaml:1: socket-lb: a list is not a value for it; write true or false",
                "run-dir: {a: b} | agent.yaml:1: run-dir: a mapping is not a value for it; write the path of a directory",
                "conntrack-udp: 5 apples | agent.yaml:1: conntrack-udp: \"5 apples\" is not a value for it; write a number with ms, s, m or h, as 30s",
                "map-flows: 12 | agent.yaml:1: map-flows: \"12\" is not a value for it; write a number from 16 to 67108864",
                "healthz-bind-address: 10256 | agent.yaml:1: healthz-bind-address: \"10256\" is not a value for it; write address:port, or off",
                "healthz-bind-address: 1.2.3.4:70000 | agent.yaml:1: healthz-bind-address: \"1.2.3.4:70000\" is not a value for it; write address:port, or off",
                "cluster-cidr: 10.0.0.0/40 | agent.yaml:1: cluster-cidr: \"10.0.0.0/40\" is not a value for it; write an address block, or one of each family, as 10.244.0.0/16,fd44::/48",
                "cluster-cidr: 10.0.0.0/8,11.0.0.0/8 | agent.yaml:1: cluster-cidr: \"10.0.0.0/8,11.0.0.0/8\" is not a value for it; write an address block, or one of each family, as 10.244.0.0/16,fd44::/48",
                "detect-local-mode: guess | agent.yaml:1: detect-local-mode: \"guess\" is not a value for it; write cluster-cidr, node-cidr, bridge-interface, interface-name-prefix or pod-interface",
                "detect-local-mode: bridge-interface | detect-local-mode: the mode needs a bridge and none is given; set pod-bridge-interface, or choose another mode",
                "detect-local-mode: interface-name-prefix | detect-local-mode: the mode needs a prefix and none is given; set pod-interface-name-prefix, or choose another mode",
                "pod-bridge-interface: a/b | agent.yaml:1: pod-bridge-interface: \"a/b\" is not a value for it; write the name of an interface, or its beginning",
                "nodeport-addresses: primary,10.0.0.0/8 | agent.yaml:1: nodeport-addresses: \"primary,10.0.0.0/8\" is not a value for it; write primary, all, or address blocks separated by commas, as 192.0.2.0/24",
                "nodeport-addresses: 10.0.0.1 | agent.yaml:1: nodeport-addresses: \"10.0.0.1\" is not a value for it; write primary, all, or address blocks separated by commas, as 192.0.2.0/24",
                "bind-address: 300.1.1.1 | agent.yaml:1: bind-address: \"300.1.1.1\" is not a value for it; write an IP address",
                "localhost-nodeports: 127.0.0.1 | agent.yaml:1: localhost-nodeports: \"127.0.0.1\" is not a value for it; write true or false",
                "nodeport-range: 9-3 | agent.yaml:1: nodeport-range: \"9-3\" is not a value for it; write two ports, as 30000-32767",
            })
    void aMistakeInTheFileIsOneLineWithItsRemedy(String text, String line) {
        assertMistakes(Map.of(), Map.of(), text, line);
    }

    @Test
    void everyMistakeIsNamedAtOnceAndWhereItIs() {
        assertMistakes(
                Map.of(Setting.SOURCE, "x"),
                Map.of("CULVERT_SOCKET_LB", "maybe"),
                "\n\nrun-dri: /x\nnode-name: a\nnode-name: b\n",
                "agent.yaml:3: run-dri is not a setting; did you mean run-dir?",
                "agent.yaml:5: node-name is there twice; keep one of them",
                "--source: \"x\" is not a value for it; write kubernetes or manifests",
                "CULVERT_SOCKET_LB: \"maybe\" is not a value for it; write true or false");
    }

    private static void assertMistakes(
            Map<Setting<?>, String> options, Map<String, String> environment, String text, String... lines) {
        assertThatThrownBy(() -> Settings.resolve(options, environment, ConfigFile.parse("agent.yaml", text)))
                .isInstanceOfSatisfying(
                        ConfigException.class, e -> assertThat(e.lines()).containsExactly(lines));
    }

    @Test
    void aFileThatIsNotAMappingIsRefused() {
        assertThatThrownBy(() -> ConfigFile.parse("agent.yaml", "- a\n- b\n"))
                .hasMessage("agent.yaml:1: the file is not a mapping; write lines of the form key: value");
        assertThatThrownBy(() -> ConfigFile.parse("agent.yaml", "node-name: n1\n  run-dir: [\n"))
                .hasMessageStartingWith("agent.yaml:2: not YAML: ")
                .hasMessageEndingWith("; check quotes and indentation of this line and the one before");
        assertThatThrownBy(() -> ConfigFile.read(Path.of("/nonexistent/agent.yaml")))
                .hasMessage("read /nonexistent/agent.yaml: No such file or directory (ENOENT); check --config");
    }

    @Test
    void anEmptyFileSaysNothing() {
        assertThat(ConfigFile.parse("agent.yaml", "# nothing\n")).isEqualTo(ConfigFile.NONE);
    }

    @Test
    void durationsAndAddressesAreRead() {
        ConfigFile file = ConfigFile.parse(
                "agent.yaml",
                "conntrack-tcp-established: 2h\nhealthz-bind-address: '[::1]:0'\nmetrics-bind-address: off\n");

        Settings settings = Settings.resolve(Map.of(), Map.of(), file);

        assertThat(settings.get(Setting.TCP_ESTABLISHED_TIMEOUT)).isEqualTo(Duration.ofHours(2));
        assertThat(settings.get(Setting.HEALTHZ)).hasToString("[::1]:0");
        assertThat(settings.get(Setting.METRICS)).isEqualTo(new BindAddress.Off());
    }

    @Test
    void everySettingReadsItsOwnDefaultAndHasAName() {
        for (Setting<?> setting : Setting.all()) {
            assertThat(setting.key()).matches("[a-z]+(-[a-z]+)*");
            assertThat(setting.environmentVariable()).matches("CULVERT_[A-Z_]+");
            if (!setting.defaultText().isEmpty()) {
                assertThat(setting.type().parse().apply(setting.defaultText()))
                        .as(setting.key())
                        .isPresent();
            }
        }
        assertThat(Setting.all().stream().map(Setting::key).toList()).doesNotHaveDuplicates();
    }

    @Test
    void nodeNameFallsBackToTheDaemonSetsVariable() {
        Settings settings = Settings.resolve(Map.of(), Map.of(), ConfigFile.NONE);

        assertThat(NodeName.of(settings, Map.of("NODE_NAME", "worker-1"))).isEqualTo("worker-1");
        assertThat(NodeName.of(settings, Map.of())).isNotBlank().isLowerCase();
    }
}
