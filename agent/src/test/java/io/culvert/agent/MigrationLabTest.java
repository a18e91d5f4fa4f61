// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent;

import static io.culvert.net.IpFamily.IPV4;
import static io.culvert.net.IpFamily.IPV6;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.lab.KubeProxyRules;
import io.culvert.testkit.KernelTest;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.ExecResult;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.TcpConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// From kube-proxy's rules to Culvert on a node of a lab, with real rules of real programs.
@LabTest
@KernelTest(commands = {"iptables-legacy", "iptables-nft", "ip6tables-legacy", "ip6tables-nft", "nft", "bash"})
@SuppressWarnings("NullAway.Init") // set before each test
final class MigrationLabTest {

    private static final String WEB = "10.96.0.10";
    private static final String WEB6 = "fd96::10";
    private static final int PORT = 8080;
    private static final List<String> PROGRAMS =
            List.of("iptables-legacy", "iptables-nft", "ip6tables-legacy", "ip6tables-nft");

    @TempDir
    private Path files;

    private Lab lab;
    private LabNode node;
    private LabPod client;
    private LabPod server;
    private KubeProxyRules rules;

    @BeforeEach
    void create() {
        lab = Lab.builder().node("n1", PodAttachment.ROUTED, "client", "server").create();
        node = lab.node("n1");
        client = lab.pod("client");
        server = lab.pod("server");
        server.sockets().serve(PORT);
        lab.writeManifest("objects.yaml", LabObjects.all(lab));
        lab.writeManifest(
                "web.yaml",
                LabService.named("web", WEB, WEB6)
                        .port(80, PORT)
                        .backedBy(server)
                        .toYaml());
        rules = new KubeProxyRules(node, files);
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    private void iptablesMode(String program) {
        boolean ipv6 = program.startsWith("ip6");
        rules.iptablesMode(program, ipv6 ? WEB6 : WEB, server.ip(ipv6 ? IPV6 : IPV4), PORT);
    }

    private void nftablesMode() {
        rules.nftablesMode(WEB, server.ip(IPV4), PORT);
        rules.nftablesMode(WEB6, server.ip(IPV6), PORT);
    }

    @Test
    void A17_03_A17_11_cleanupRemovesWhatIsKubeProxysAndLeavesTheRestByteForByte() {
        PROGRAMS.forEach(rules::foreign);
        rules.load("""
                table inet firewall {
                  chain input {
                    type filter hook input priority 0
                    tcp dport 22 accept
                  }
                }
                table ip kube-proxy-like {
                  chain services {
                  }
                }
                """);
        String before = rules.everything();
        PROGRAMS.forEach(this::iptablesMode);
        nftablesMode();
        String full = rules.everything();
        assertThat(full).contains("KUBE-SVC-4CRUJHTV5RT5YMFY", "table ip6 kube-proxy {");

        ExecResult dry = cleanup("--dry-run");
        assertThat(dry.orThrow())
                .contains(
                        "would remove iptables-legacy nat: 8 chains, 3 rules leading there\n  -A PREROUTING -m comment")
                .contains("would remove ip6tables-nft filter: 6 chains, 7 rules leading there\n")
                .contains("  chain KUBE-SEP-6E7XQMQ4RAYOWTTM\n")
                .contains("would remove nft: table ip kube-proxy\n");
        assertThat(rules.everything()).isEqualTo(full);

        assertThat(cleanup("--end-connections").orThrow())
                .contains("removed iptables-nft nat: 8 chains, 3 rules leading there\n")
                .contains("removed nft: table ip6 kube-proxy\n")
                .doesNotContain("culvert-hold");

        assertThat(rules.everything()).isEqualTo(before);
        assertThat(cleanup().orThrow()).isEqualTo("nothing of kube-proxy is left\n");
    }

    /// CNI's portmap can have packets masqueraded by kube-proxy's chain.
    @Test
    void A17_03_whatOthersUseStays() {
        rules.foreign("iptables-nft");
        iptablesMode("iptables-nft");
        node.exec("iptables-nft", "-t", "nat", "-A", "CNI-HOSTPORT-DNAT", "-s", "10.9.0.0/16", "-j", "KUBE-MARK-MASQ")
                .orThrow();

        cleanup().orThrow();

        assertThat(node.exec("iptables-nft-save", "-t", "nat").orThrow())
                .contains("-A POSTROUTING -m comment --comment \"kubernetes postrouting rules\" -j KUBE-POSTROUTING")
                .contains("-j MASQUERADE")
                .doesNotContain("KUBE-SERVICES -", "KUBE-SVC-");
    }

    /// No ipset, ipvsadm and IPVS in every kernel: both programs are fakes that keep a list, the device is real.
    @Test
    void A17_03_ipvsModeIsRemovedBesideOthers() throws IOException {
        Path sets = fake("ipset", """
                case $1 in
                list) cat %1$s ;;
                destroy) grep -qx "$2" %1$s && sed -i "/^$2$/d" %1$s ;;
                esac
                """, "KUBE-CLUSTER-IP\nKUBE-6-LOOP-BACK\nKUBE-SRC-4CAH\nblocklist\n");
        Path servers = fake(
                "ipvsadm",
                """
                case $1 in
                -S) cat %1$s ;;
                -D) grep -q -- "^-A $2 $3 " %1$s && sed -i "/^-[Aa] $2 $3 /d" %1$s ;;
                esac
                """,
                "-A -t 10.96.0.10:80 -s rr\n-a -t 10.96.0.10:80 -r 10.1.0.2:8080 -m -w 1\n-A -t 198.51.100.1:80 -s rr\n");
        node.exec("ip", "link", "add", "kube-ipvs0", "type", "bridge").orThrow();
        node.exec("ip", "addr", "add", "10.96.0.10/32", "dev", "kube-ipvs0").orThrow();

        assertThat(cleanup().orThrow())
                .contains("removed ipset: set KUBE-CLUSTER-IP\n")
                .contains("removed ipvs: virtual server 10.96.0.10:80/TCP\n")
                .endsWith("removed ip: device kube-ipvs0, which holds Service addresses\n");

        assertThat(sets).hasContent("KUBE-SRC-4CAH\nblocklist");
        assertThat(servers).hasContent("-A -t 198.51.100.1:80 -s rr");
        assertThat(node.exec("ip", "link", "show", "dev", "kube-ipvs0").status())
                .isNotZero();
    }

    private Path fake(String program, String script, String list) throws IOException {
        Path state = Files.writeString(files.resolve(program + ".list"), list);
        Path file = Files.writeString(files.resolve(program), "#!/bin/sh\n" + script.formatted(state));
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return state;
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables-legacy", "iptables-nft", "nftables"})
    void A17_06_connectionsOfKubeProxyLiveThroughTheChange(String mode) {
        if (mode.equals("nftables")) {
            nftablesMode();
        } else {
            iptablesMode(mode);
            iptablesMode(mode.replace("ip", "ip6"));
        }
        try (TcpConnection v4 = client.sockets().openTcp(Dial.to(WEB, 80));
                TcpConnection v6 = client.sockets().openTcp(Dial.to(WEB6, 80))) {
            List<TcpConnection> live = List.of(v4, v6);
            assertServed(live, "kube-proxy");

            AgentProcess agent = AgentProcess.start(node);
            assertServed(live, "both");

            assertThat(cleanup().orThrow())
                    .startsWith("keep translating live connections: nft table inet culvert-hold");
            assertServed(live, "Culvert");
            assertThat(client.sockets().tcp(WEB, 80).answer().server()).isEqualTo("server");
            assertThat(client.sockets().tcp(WEB6, 80).answer().server()).isEqualTo("server");

            assertThat(cleanup().orThrow()).isEmpty();
            assertServed(live, "after another cleanup");
            agent.process().terminate(AgentProcess.PATIENCE);
        }
        assertThat(cleanup("--end-connections").orThrow()).startsWith("removed nft: table inet culvert-hold\n");
        assertThat(rules.everything()).doesNotContain("culvert-hold", "KUBE-SERVICES");
    }

    private static void assertServed(List<TcpConnection> live, String when) {
        live.forEach(connection ->
                assertThat(connection.exchange(when).answer().server()).as(when).isEqualTo("server"));
    }

    @Test
    void A17_04_staleRulesAreFoundAndTheirRemovalIsTheRemedy() {
        iptablesMode("iptables-nft");
        AgentProcess agent = AgentProcess.start(node);

        assertThat(agent.verb("doctor", "-o", "table").output())
                .containsPattern("error +iptables +kube-proxy left iptables-nft \\w+: .* and 2 more; ")
                .contains("remove it: culvert cleanup --kube-proxy");
        cleanup().orThrow();
        assertThat(agent.verb("doctor").output()).containsPattern("ok +iptables +nothing of kube-proxy");
    }

    @Test
    void A17_03_theAgentDoesNotStartBesideALiveKubeProxyUnlessTold() {
        var kubeProxy = node.start("kube-proxy", List.of("bash", "-c", "exec -a /usr/local/bin/kube-proxy sleep 100"));
        kubeProxyRuns(kubeProxy.pid());

        ExecResult refused = node.exec(AgentProcess.agentCommand(node).toArray(String[]::new));
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.errors())
                .isEqualTo("culvert: start agent: kube-proxy runs as process " + kubeProxy.pid()
                        + "; remove it: kubectl -n kube-system delete daemonset kube-proxy (k3s: --disable-kube-proxy),"
                        + " or start with --beside-kube-proxy true\n");
        assertThat(cleanup().errors())
                .isEqualTo("culvert: remove what kube-proxy left: kube-proxy runs as process " + kubeProxy.pid()
                        + " and would write it again; remove it: kubectl -n kube-system delete daemonset kube-proxy"
                        + " (k3s: --disable-kube-proxy)\n");

        AgentProcess agent = AgentProcess.start(node, "--beside-kube-proxy", "true");
        assertThat(client.sockets().tcp(WEB, 80).answer().server()).isEqualTo("server");
        agent.process().terminate(AgentProcess.PATIENCE);
    }

    /// A shell becomes the program; only then has it the name.
    private void kubeProxyRuns(long pid) {
        org.awaitility.Awaitility.await()
                .until(() -> Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"))
                        .startsWith("/usr/local/bin/kube-proxy"));
    }

    @Test
    void A13_14_timesOfTheKernelsConntrackAreKubeProxys() {
        assertThat(conntrack("tcp_timeout_established")).isEqualTo("432000");

        AgentProcess agent = AgentProcess.start(node);
        agent.process()
                .awaitLine("nf_conntrack_tcp_timeout_established to 86400; it was 432000\n", AgentProcess.PATIENCE);
        agent.process().awaitLine("nf_conntrack_tcp_timeout_close_wait to 3600; it was 60\n", AgentProcess.PATIENCE);

        assertThat(conntrack("tcp_timeout_established")).isEqualTo("86400");
        assertThat(conntrack("tcp_timeout_close_wait")).isEqualTo("3600");
    }

    private String conntrack(String name) {
        return node.exec("cat", "/proc/sys/net/netfilter/nf_conntrack_" + name)
                .orThrow()
                .strip();
    }

    private ExecResult cleanup(String... options) {
        return AgentProcess.verbOn(node, files, "cleanup", "--kube-proxy", options);
    }
}
