// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.doctor.RecordedMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/// Exit statuses and the one line on stderr.
final class UsageTest {

    @TempDir
    private Path temporary;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "servce list | culvert: Unmatched arguments from index 0: 'servce', 'list', did you mean service?; see culvert --help",
                "service | culvert: service needs a verb: list or get; see culvert service --help",
                "service get | culvert: Missing required parameter: 'SERVICE'; see culvert service get --help",
                "map dump | culvert: Missing required parameter: 'MAP'; see culvert map dump --help",
                "compile | culvert: Missing required option: '--source=DIR'; see culvert compile --help",
                "agent --socket-lb maybe | culvert: --socket-lb: \"maybe\" is not a value for it; write true or false",
                "agent --run-dri x | culvert: Unknown options: '--run-dri', 'x', did you mean --run-dir?; see culvert agent --help",
                "conntrack list --client here | culvert: --client: \"here\" is not an IP address; see culvert conntrack list --help",
                "conntrack flush --backend 10.1.0.3:99999 | culvert: --backend: 99999 is not a port; see culvert conntrack flush --help",
                "conntrack flush --backend web-0 | culvert: --backend: \"web-0\" is not an IP address; see culvert conntrack flush --help",
                "policy | culvert: policy needs a verb: list, get or explain; see culvert policy --help",
                "policy explain a b 80/ftp | culvert: \"80/ftp\" is no port and protocol, as 80/TCP; see culvert policy explain --help",
                "policy explain a b 70000 | culvert: \"70000\" is no port and protocol, as 80/TCP; see culvert policy explain --help",
                "ipcache get web | culvert: ADDRESS: \"web\" is not an IP address; see culvert ipcache get --help",
                "nat | culvert: nat needs a verb: list; see culvert nat --help",
                "affinity list --client web | culvert: --client: \"web\" is not an IP address; see culvert affinity list --help",
            })
    void wrongUsageIsStatusTwoAndOneLine(String words, String line) {
        CommandLineRun run = CommandLineRun.of(words.split(" "));

        assertThat(run).isEqualTo(new CommandLineRun(ExitStatus.USAGE, "", line + "\n"));
    }

    @Test
    void aFormatThatIsNoneNamesTheFormats() {
        CommandLineRun run = CommandLineRun.of("service", "list", "-o", "xml");

        assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(run.err())
                .contains("'xml'")
                .contains("TABLE, WIDE, JSON, YAML")
                .hasLineCount(1);
    }

    @Test
    void everyMistakeOfAConfigurationFileIsALine() throws IOException {
        Path file = Files.writeString(temporary.resolve("agent.yaml"), "nodename: x\nsocket-lb: 7\n");

        CommandLineRun run = CommandLineRun.of("agent", "--config", file.toString());

        assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(run.err())
                .isEqualTo("culvert: " + file + ":1: nodename is not a setting; did you mean node-name?\n" + "culvert: "
                        + file + ":2: socket-lb: \"7\" is not a value for it; write true or false\n");
    }

    @ParameterizedTest
    @CsvSource({
        "service list",
        "service get x",
        "backend list",
        "conntrack list",
        "conntrack flush",
        "nat list",
        "affinity list",
        "map list",
        "map dump frontends",
        "status"
    })
    void withoutAgentAndPinsTheStatusIsThree(String words) {
        String[] verb = words.split(" ");
        String[] args = java.util.Arrays.copyOf(verb, verb.length + 4);
        System.arraycopy(
                new String[] {"--run-dir", temporary.toString(), "--bpffs", "/sys/fs/bpf/culvert-no-such-test"},
                0,
                args,
                verb.length,
                4);

        CommandLineRun run = CommandLineRun.of(args);

        assertThat(run.status()).isEqualTo(ExitStatus.NOTHING_THERE);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .isEqualTo("culvert: find a node: no agent at " + temporary + "/agent.sock and nothing pinned in"
                        + " /sys/fs/bpf/culvert-no-such-test; start culvert agent, or name the --run-dir and --bpffs"
                        + " of one that runs\n");
    }

    @Test
    void compilingADirectoryThatIsNotThereFailsInOneLine() {
        CommandLineRun run = CommandLineRun.of("compile", "--source", "/no/such/directory");

        assertThat(run.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(run.err())
                .startsWith("culvert: compile eBPF programs in /no/such/directory: ")
                .hasLineCount(1);
    }

    @Test
    void debugAddsTheStackTrace() {
        CommandLineRun run = CommandLineRun.of("compile", "--source", "/no/such/directory", "--debug");

        assertThat(run.err()).contains("CompileException").contains("\tat io.culvert.");
    }

    @Test
    void versionsHaveOneLineEach() {
        assertThat(CommandLineRun.of("--version").out()).matches("culvert \\S+\n");
        assertThat(CommandLineRun.of("version").out()).matches("culvert \\S+\njava    \\S+\nlinux   .+\n");
    }

    @Test
    void helpOfTheAgentHasEverySetting() {
        CommandLineRun run = CommandLineRun.of("agent", "--help");

        assertThat(run.status()).isEqualTo(ExitStatus.DONE);
        assertThat(run.out().replaceAll("\\s+", " ")).contains("--node-name=NAME", "--masquerade-all=BOOLEAN");
    }

    @Test
    void theCompletionScriptKnowsVerbsAndOptions() {
        CommandLineRun run = CommandLineRun.of("completion", "bash");

        assertThat(run.status()).isEqualTo(ExitStatus.DONE);
        assertThat(run.out()).contains("complete -F _complete_culvert", "conntrack", "--manifests");
        assertThat(CommandLineRun.of("completion", "zsh").out()).startsWith("autoload -U +X bashcompinit");
        assertThat(CommandLineRun.of("completion", "fish").status()).isEqualTo(ExitStatus.USAGE);
    }

    @Test
    void theDoctorsExitStatusSaysWhetherSomethingIsWrong() {
        assertThat(doctor(RecordedMachine.healthy()).status()).isEqualTo(ExitStatus.DONE);

        CommandLineRun run = doctor(RecordedMachine.healthy().kernel("5.4.0").process(7, "kube-proxy"));

        assertThat(run.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("""
                        Result    Check        Finding
                        error     kernel       Linux 5.4.0 is too old; boot Linux 6.1 or newer
                        ok        user         root
                        ok        bpffs        mounted, pins are in /sys/fs/bpf/culvert
                        ok        cgroup2      mounted on /sys/fs/cgroup
                        ok        libbpf       1.1
                        ok        clang        Debian clang version 14.0.6
                        error     kube-proxy   runs as process 7; remove it: kubectl -n kube-system delete daemonset kube-proxy (k3s: --disable-kube-proxy)
                        ok        iptables     nothing of kube-proxy
                        ok        nftables     nothing of kube-proxy
                        ok        ipset        nothing of kube-proxy
                        ok        ipvs         nothing of kube-proxy
                        ok        devices      eth0
                        warning   fast path    nft is not installed, so that nobody can say what filters; with fast-path auto packets between pods of this node go through the stack; let nothing filter there and have nft at hand to say so, or set fast-path to on, which goes round it
                        ok        xdp          no agent runs here, which alone knows what drivers take
                        """);
    }

    @Test
    void A16_theDoctorTellsWhatBecomesOfAKubeProxyConfiguration() throws IOException {
        Path file = Files.writeString(temporary.resolve("config.conf"), """
                apiVersion: kubeproxy.config.k8s.io/v1alpha1
                kind: KubeProxyConfiguration
                hostnameOverride: n1
                mode: nftables
                ipvs: {strictARP: true}
                """);

        CommandLineRun run = CommandLineRun.of("doctor", "--kube-proxy-config", file.toString());

        assertThat(run).isEqualTo(new CommandLineRun(ExitStatus.DONE, """
                Result    Field              Value      What Culvert does
                used      hostnameOverride   n1         sets node-name n1
                ignored   mode               nftables   Culvert has one mode; this one decides what other fields mean
                ignored   ipvs.strictARP     true       Culvert puts no Service address on an interface, so nothing answers ARP for one
                """, ""));
        assertThat(CommandLineRun.of("doctor", "--kube-proxy-config", file.toString(), "-o", "json")
                        .out())
                .contains("\"field\" : \"hostnameOverride\"", "\"fate\" : \"used\"");
    }

    @Test
    void A16_aConfigurationThatIsRefusedFailsTheDoctorAndTheAgent() throws IOException {
        Path file = Files.writeString(temporary.resolve("config.conf"), """
                apiVersion: kubeproxy.config.k8s.io/v1alpha1
                kind: KubeProxyConfiguration
                mode: kernelspace
                """);
        String line = "culvert: " + file
                + ":3: mode: \"kernelspace\" is refused: for nodes with Windows; Culvert runs on" + " Linux only\n";

        CommandLineRun doctor = CommandLineRun.of("doctor", "--kube-proxy-config", file.toString());
        assertThat(doctor.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(doctor.out()).contains("refused   mode");
        assertThat(doctor.err()).isEqualTo(line);
        assertThat(CommandLineRun.of("agent", "--config", file.toString()))
                .isEqualTo(new CommandLineRun(ExitStatus.USAGE, "", line));
    }

    private static CommandLineRun doctor(RecordedMachine machine) {
        CommandLine line = new CommandLine(new DoctorCommand(machine));
        Failures.handle(line);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        return CommandLineRun.of(line, "--bpffs", "/sys/fs/bpf/culvert", "--run-dir", "/no/such/directory");
    }
}
