// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import io.culvert.agent.network.NetworkFacts;
import io.culvert.loader.BpfException;
import io.culvert.loader.LibbpfVersion;
import io.culvert.loader.MissingLibraryException;
import io.culvert.loader.netlink.NetlinkException;
import io.culvert.maps.AddressKey;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.maps.datapath.ForeignLayoutException;
import io.culvert.net.IpAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The machine that this process runs on.
public final class LiveMachine implements Machine {

    private static final int PATIENCE_SECONDS = 10;

    @Override
    public String kernelRelease() {
        return System.getProperty("os.version");
    }

    /// The effective user is the second number of the line `Uid:` (proc_pid_status(5)).
    @Override
    public boolean isRoot() {
        return read(Path.of("/proc/self/status")).stream()
                .flatMap(String::lines)
                .anyMatch(line -> line.startsWith("Uid:") && line.split("\\s+")[2].equals("0"));
    }

    @Override
    public Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<String> run(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                    .start();
            try (var output = process.getInputStream()) {
                String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
                boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
                return ended && process.exitValue() == 0 ? Optional.of(text) : Optional.empty();
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public Optional<String> fetch(int port, String path) {
        return LoopbackHttp.get(port, path);
    }

    @Override
    public Set<IpAddress> handedTo(Path pins) {
        try {
            Optional<MapCatalogue> pinned = DatapathPins.open(pins);
            if (pinned.isEmpty()) {
                return Set.of();
            }
            try (MapCatalogue maps = pinned.get()) {
                return handedTo(maps);
            }
        } catch (BpfException | ForeignLayoutException e) {
            return Set.of();
        }
    }

    private static Set<IpAddress> handedTo(MapCatalogue maps) {
        boolean[] direct = {false};
        maps.frontends().forEach((_, frontend) -> direct[0] |= frontend.has(FrontendFlag.DSR));
        Set<IpAddress> nodes = new HashSet<>();
        if (direct[0]) {
            maps.nodeAddresses().forEach((key, flags) -> {
                if ((flags & AddressKey.OTHER_NODE) != 0) {
                    nodes.add(key.address());
                }
            });
        }
        return nodes;
    }

    @Override
    public List<RunningProcess> processes() {
        Optional<Path> network = network(Path.of("/proc/self"));
        List<RunningProcess> processes = new ArrayList<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path directory : directories) {
                Optional<Path> other = network(directory);
                if (network.isPresent() && other.isPresent() && !other.equals(network)) {
                    continue;
                }
                read(directory.resolve("cmdline"))
                        .map(text -> text.replace('\0', ' ').strip())
                        .filter(text -> !text.isEmpty())
                        .ifPresent(text -> processes.add(new RunningProcess(
                                Long.parseLong(directory.getFileName().toString()), text)));
            }
        } catch (IOException e) {
            return List.of();
        }
        return processes;
    }

    /// The network namespace of a process, as far as we may know it.
    private static Optional<Path> network(Path process) {
        try {
            return Optional.of(Files.readSymbolicLink(process.resolve("ns/net")));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public NetworkFacts network() {
        try {
            return NetworkFacts.read();
        } catch (NetlinkException e) {
            return NetworkFacts.NONE;
        }
    }

    @Override
    public Library libbpf() {
        try {
            LibbpfVersion version = LibbpfVersion.installed();
            boolean enough = version.major() > 1 || (version.major() == 1 && version.minor() >= 1);
            return new Library(version.toString(), enough ? "" : "version " + version + " is too old, 1.1 is needed");
        } catch (MissingLibraryException e) {
            String message = String.valueOf(e.getMessage());
            return new Library("", message.substring(0, Math.max(message.indexOf(';'), 0)));
        }
    }
}
