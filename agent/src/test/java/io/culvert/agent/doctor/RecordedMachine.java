// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import io.culvert.agent.network.NetworkFacts;
import io.culvert.agent.network.TestNetwork;
import io.culvert.net.IpAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// A machine of recorded answers; healthy until a test says otherwise.
public final class RecordedMachine implements Machine {

    static final String MOUNTS = """
            23 28 0:22 / /sys rw,nosuid - sysfs sysfs rw
            41 31 0:38 / /sys/fs/cgroup rw,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate
            42 23 0:39 / /sys/fs/bpf rw,relatime shared:10 - bpf bpf rw,mode=700
            """;

    private final Map<Path, String> files =
            new HashMap<>(Map.of(MountTable.FILE, MOUNTS, Path.of("/proc/net/if_inet6"), ""));
    private final Map<String, String> outputs =
            new HashMap<>(Map.of("clang --version", "Debian clang version 14.0.6\n"));
    private final Map<String, String> pages = new HashMap<>();
    private final List<RunningProcess> processes = new ArrayList<>(List.of(new RunningProcess(1, "/sbin/init")));
    private NetworkFacts network =
            new TestNetwork().device("eth0", "").address("eth0", "192.0.2.2").facts();
    private final Set<IpAddress> handedTo = new HashSet<>();
    private String release = "6.12.30-amd64";
    private boolean root = true;
    private Library library = new Library("1.1", "");

    public static RecordedMachine healthy() {
        return new RecordedMachine();
    }

    public RecordedMachine kernel(String value) {
        release = value;
        return this;
    }

    public RecordedMachine notRoot() {
        root = false;
        return this;
    }

    public RecordedMachine noLibbpf(String problem) {
        library = new Library("", problem);
        return this;
    }

    public RecordedMachine file(String path, String text) {
        files.put(Path.of(path), text);
        return this;
    }

    public RecordedMachine withoutFile(String path) {
        files.remove(Path.of(path));
        return this;
    }

    public RecordedMachine output(String command, String text) {
        outputs.put(command, text);
        return this;
    }

    public RecordedMachine withoutCommand(String command) {
        outputs.remove(command);
        return this;
    }

    public RecordedMachine page(int port, String path, String body) {
        pages.put(port + path, body);
        return this;
    }

    public RecordedMachine process(long pid, String commandLine) {
        processes.add(new RunningProcess(pid, commandLine));
        return this;
    }

    @Override
    public String kernelRelease() {
        return release;
    }

    @Override
    public boolean isRoot() {
        return root;
    }

    @Override
    public Optional<String> read(Path file) {
        return Optional.ofNullable(files.get(file));
    }

    @Override
    public Optional<String> run(String... command) {
        return Optional.ofNullable(outputs.get(String.join(" ", command)));
    }

    @Override
    public Optional<String> fetch(int port, String path) {
        return Optional.ofNullable(pages.get(port + path));
    }

    @Override
    public List<RunningProcess> processes() {
        return processes;
    }

    public RecordedMachine network(NetworkFacts facts) {
        network = facts;
        return this;
    }

    public RecordedMachine handingTo(String... nodes) {
        Stream.of(nodes).map(IpAddress::of).forEach(handedTo::add);
        return this;
    }

    @Override
    public Set<IpAddress> handedTo(Path pins) {
        return handedTo;
    }

    @Override
    public NetworkFacts network() {
        return network;
    }

    @Override
    public Library libbpf() {
        return library;
    }
}
