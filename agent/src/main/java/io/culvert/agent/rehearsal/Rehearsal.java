// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.rehearsal;

import io.culvert.agent.config.ConfigFile;
import io.culvert.agent.config.Setting;
import io.culvert.agent.config.Settings;
import io.culvert.agent.doctor.Doctor;
import io.culvert.agent.doctor.LiveMachine;
import io.culvert.agent.doctor.Machine;
import io.culvert.agent.doctor.MountTable;
import io.culvert.agent.lifecycle.Agent;
import io.culvert.cluster.ClusterStore;
import io.culvert.cluster.kubernetes.KubernetesConfig;
import io.culvert.cluster.kubernetes.KubernetesSource;
import io.culvert.maps.datapath.DatapathPins;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// Goes through the start of an agent and the verbs of the command line, with everything that it makes under names of
/// its own: a directory of pins, an empty cgroup, a temporary directory. All of it is removed again. Without root or
/// without bpffs (in an image build) only the parts that need no kernel are gone through.
public final class Rehearsal {

    private static final int PATIENCE_SECONDS = 30;
    private static final int CHANGES = 4;

    private final Consumer<List<String>> commandLine;
    private final Machine machine = new LiveMachine();
    private final String name = "culvert-rehearsal-" + ProcessHandle.current().pid();

    /// @param commandLine runs a verb, quietly
    public Rehearsal(Consumer<List<String>> commandLine) {
        this.commandLine = commandLine;
    }

    /// @return one line that says how far it went
    public String run() throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory(name);
        try {
            List.of("version", "help", "agent --help", "doctor", "features", "service list --run-dir " + directory)
                    .forEach(this::verb);
            RehearsalManifests.write(directory.resolve("manifests"));
            followApiServer();
            return rehearseAgent(directory);
        } finally {
            removeTree(directory);
        }
    }

    private void followApiServer() throws IOException, InterruptedException {
        try (RehearsalApiServer server = new RehearsalApiServer();
                ClusterStore store = new ClusterStore(Set.of(KubernetesSource.NAME));
                KubernetesSource source = KubernetesSource.open(
                        new KubernetesConfig(null, URI.create(server.url()), RehearsalManifests.NODE, true))) {
            source.start(store);
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            // Two: the one of the list, and the one that the watch adds.
            while (store.state().services().size() < 2 && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    private String rehearseAgent(Path directory) throws IOException, InterruptedException {
        MountTable mounts = MountTable.parse(machine.read(MountTable.FILE).orElse(""));
        Optional<Path> cgroup2 = mounts.ofType("cgroup2").map(MountTable.Mount::point);
        Path pins = Path.of("/sys/fs/bpf", name);
        if (cgroup2.isEmpty() || !new Doctor(machine).obstacles(pins).isEmpty()) {
            return "rehearsed without the kernel";
        }
        Path cgroup = Files.createDirectory(cgroup2.get().resolve(name));
        try (Agent agent = Agent.start(settings(directory, pins, cgroup), RehearsalManifests.NODE, machine)) {
            var _ = agent.ready().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            askAgent(directory, pins);
            change(directory);
        } catch (ExecutionException | TimeoutException e) {
            return "rehearsed, but the agent did not become ready: " + e;
        } finally {
            DatapathPins.remove(pins);
            Files.deleteIfExists(cgroup);
        }
        return "rehearsed";
    }

    private static Settings settings(Path directory, Path pins, Path cgroup) {
        Map<Setting<?>, String> options = new HashMap<>();
        options.put(Setting.MANIFESTS, directory.resolve("manifests").toString());
        options.put(Setting.RUN_DIR, directory.resolve("run").toString());
        options.put(Setting.BPFFS, pins.toString());
        options.put(Setting.CGROUP_ROOT, cgroup.toString());
        options.put(Setting.POD_INTERFACES, "no-such-interface");
        // The machine is not this agent's: it keeps off its devices and off its kernel's settings.
        options.put(Setting.DEVICES, "no-such-interface");
        options.put(Setting.KERNEL_CONNTRACK_MAX_PER_CORE, "0");
        options.put(Setting.KERNEL_CONNTRACK_TCP_ESTABLISHED, "0s");
        options.put(Setting.KERNEL_CONNTRACK_TCP_CLOSE_WAIT, "0s");
        options.put(Setting.HEALTHZ, "127.0.0.1:0");
        options.put(Setting.METRICS, "127.0.0.1:0");
        return Settings.resolve(options, Map.of(), ConfigFile.NONE);
    }

    /// Files that are renamed into place, as most who write manifests do. Nothing depends on the agent's being in time.
    private static void change(Path directory) throws IOException, InterruptedException {
        for (int endpoint = 1; endpoint <= CHANGES; endpoint++) {
            Path next = Files.writeString(directory.resolve("next"), RehearsalManifests.slice(endpoint));
            Files.move(next, directory.resolve("manifests/change.yaml"), StandardCopyOption.REPLACE_EXISTING);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private void askAgent(Path directory, Path pins) {
        String node = " --run-dir " + directory.resolve("run") + " --bpffs " + pins;
        for (String verb : List.of(
                "service list",
                "service list -o json",
                "service list -o yaml",
                "service list -o wide",
                "service get default/s1",
                "backend list",
                "conntrack list",
                "map list",
                "map dump frontends",
                "map dump slots",
                "status",
                "status -o json")) {
            verb(verb + node);
        }
    }

    private void verb(String words) {
        commandLine.accept(List.of(words.split(" ")));
    }

    private static void removeTree(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
