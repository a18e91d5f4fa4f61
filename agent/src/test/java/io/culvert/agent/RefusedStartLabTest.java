// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.Control;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.ExecResult;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.PodAttachment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node whose agent has ended, and a next agent that cannot start: one line says why, and what the kernel holds goes
/// on serving untouched.
@LabTest
@SuppressWarnings("NullAway.Init") // set before each test
final class RefusedStartLabTest {

    private static final String WEB = "10.96.0.10";
    private static final List<String> MAPS = List.of("frontends", "services", "slots", "backends");

    @TempDir
    private Path temporary;

    private Lab lab;
    private LabNode node;
    private LabPod client;
    private AgentProcess agent;
    private List<String> before;

    @BeforeEach
    void create() {
        lab = Lab.builder().node("n1", PodAttachment.ROUTED, "client", "server").create();
        node = lab.node("n1");
        client = lab.pod("client");
        lab.pod("server").sockets().serve(8080);
        lab.writeManifest("objects.yaml", LabObjects.all(lab));
        lab.writeManifest(
                "web.yaml",
                LabService.named("web", WEB)
                        .port(80, 8080)
                        .backedBy(lab.pod("server"))
                        .toYaml());
        agent = AgentProcess.start(node);
        agent.process().terminate(AgentProcess.PATIENCE);
        before = kernel();
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    @Test
    void mapsOfAnotherLayoutAreRefusedAndTheRemedyHelps() {
        try (MapCatalogue maps = DatapathPins.open(node.bpffs()).orElseThrow()) {
            setLayout(maps, Control.LAYOUT_VERSION + 1);
            assertRefused(
                    start(List.of(), List.of()),
                    "open maps in " + node.bpffs() + ": they have layout " + (Control.LAYOUT_VERSION + 1)
                            + ", this agent reads layout " + Control.LAYOUT_VERSION
                            + "; run the agent that made them, or culvert cleanup --bpffs " + node.bpffs()
                            + " and start again");
            assertThat(client.sockets().tcp(WEB, 80).answer().server()).isEqualTo("server");
            setLayout(maps, Control.LAYOUT_VERSION);
            assertUntouched();
            setLayout(maps, Control.LAYOUT_VERSION + 1);
        }

        assertThat(agent.verb("cleanup").status()).isZero();
        agent.restart();
        assertThat(client.sockets().tcp(WEB, 80).answer().server()).isEqualTo("server");
    }

    @Test
    void aMistakeInTheCIsShownWithFileAndLine() throws IOException {
        Path source = copyOfBpf();
        Path broken = source.resolve("pod.c");
        Files.writeString(broken, Files.readString(broken) + "\nint broken(void) { return nothing; }\n");
        long line = Files.readString(broken).lines().count();

        ExecResult result = start(List.of(), List.of(), "--bpf-source", source.toString());

        long files;
        try (Stream<Path> all = Files.list(source)) {
            files = all.filter(file -> file.toString().endsWith(".c")).count();
        }
        assertThat(result.errors()).containsPattern("(?m)^.*pod\\.c:" + line + ":\\d+: error: .*nothing");
        assertRefused(
                result,
                "compile eBPF programs in " + source + ": 1 of " + files + " files failed; correct what clang reports");
        assertUntouched();
    }

    @Test
    void cWithoutAClangSaysHowToGetOne() throws IOException {
        Path source = copyOfBpf();

        ExecResult result = start(List.of("env", "PATH=" + temporary), List.of(), "--bpf-source", source.toString());

        assertRefused(
                result,
                "compile eBPF programs in " + source + ": clang is not installed; install it (apt install clang llvm)");
        assertUntouched();
    }

    @Test
    void noLibbpf() {
        assertRefused(
                start(List.of(), List.of("-Dculvert.libbpf=libbpf-absent.so.1")),
                "start agent: libbpf: load libbpf: libbpf-absent.so.1 not found; install it: apt install libbpf1");
        assertUntouched();
    }

    @Test
    void notRoot() {
        // The classes of a build need not be readable for everybody.
        ExecResult result = start(
                List.of(
                        "setpriv",
                        "--reuid=65534",
                        "--regid=65534",
                        "--clear-groups",
                        "--inh-caps=-all,+dac_read_search",
                        "--ambient-caps=-all,+dac_read_search"),
                List.of());

        assertRefused(result, "start agent: user: not root; run it with sudo, or in a privileged container");
        assertUntouched();
    }

    @Test
    void kernelTooOld() {
        assertRefused(
                start(List.of(), List.of("-Dos.version=5.15.0")),
                "start agent: kernel: Linux 5.15.0 is too old; boot Linux 6.1 or newer");
        assertUntouched();
    }

    @Test
    void aConfigurationWithMistakesHasALineForEach() throws IOException {
        Path file = Files.writeString(temporary.resolve("agent.yaml"), "nodename: x\nmap-slots: many\n");

        ExecResult result = start(List.of(), List.of(), "--config", file.toString());

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.errors())
                .isEqualTo("culvert: " + file + ":1: nodename is not a setting; did you mean node-name?\nculvert: "
                        + file + ":2: map-slots: \"many\" is not a value for it; write a number from 16 to 67108864\n");
        assertUntouched();
    }

    /// Runs an agent that ends by itself.
    ///
    /// @param prefix what runs it
    /// @param jvm options of the JVM
    private ExecResult start(List<String> prefix, List<String> jvm, String... options) {
        List<String> command = new ArrayList<>(prefix);
        List<String> words = AgentProcess.agentCommand(node, options);
        command.add(words.getFirst());
        command.addAll(jvm);
        command.addAll(words.subList(1, words.size()));
        return node.exec(command.toArray(String[]::new));
    }

    private static void assertRefused(ExecResult result, String line) {
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.output()).isEmpty();
        assertThat(result.errors().lines().filter(each -> each.startsWith("culvert: ")))
                .containsExactly("culvert: " + line);
        assertThat(result.errors()).endsWith(line + "\n").doesNotContain("\tat ");
    }

    private void assertUntouched() {
        assertThat(client.sockets().tcp(WEB, 80).answer().server()).isEqualTo("server");
        assertThat(kernel()).isEqualTo(before);
        assertThat(node.runDir().resolve("agent.pid")).doesNotExist();
        assertThat(node.runDir().resolve("agent.sock")).doesNotExist();
    }

    /// The pins, and what is in the maps.
    private List<String> kernel() {
        List<String> found = new ArrayList<>();
        try (Stream<Path> pins = Files.walk(node.bpffs())) {
            pins.map(Path::toString).sorted().forEach(found::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        MAPS.forEach(map -> found.add(agent.verb("map", "dump", map).orThrow()));
        return found;
    }

    private Path copyOfBpf() throws IOException {
        Path source = Files.createDirectory(temporary.resolve("bpf"));
        Path bpf = Path.of("..", "bpf");
        for (String directory : List.of("", "include/culvert")) {
            Files.createDirectories(source.resolve(directory));
            try (Stream<Path> files = Files.list(bpf.resolve(directory))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(file, source.resolve(directory).resolve(file.getFileName()));
                }
            }
        }
        return source;
    }

    private static void setLayout(MapCatalogue maps, int version) {
        Control present = maps.control().get(0);
        maps.control().set(0, present.withLayoutVersion(version));
    }
}
