// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import io.culvert.agent.network.NetworkFacts;
import io.culvert.net.IpAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What checks look at. Tests give a recorded one.
public interface Machine {

    /// The release of the running kernel, as `uname -r` prints it.
    String kernelRelease();

    boolean isRoot();

    /// The text of a file, or empty if it cannot be read.
    Optional<String> read(Path file);

    /// What a command prints on stdout, or empty if it is not installed or fails.
    Optional<String> run(String... command);

    /// What an HTTP server answers on 127.0.0.1 with status 200, or empty if none does in a second.
    Optional<String> fetch(int port, String path);

    /// The command lines of all processes, arguments separated by spaces, with their process ids; without those that
    /// are known to have another network.
    List<RunningProcess> processes();

    /// Whether libbpf can be loaded: its version, or the reason why not.
    Library libbpf();

    /// The interfaces, addresses and routes of the network namespace; nothing if they cannot be read.
    NetworkFacts network();

    /// Addresses of the other nodes to whose pods this one hands packets, because a Service asks for direct server
    /// return; none if no Service does, or if that cannot be read.
    ///
    /// @param pins the directory with the maps
    Set<IpAddress> handedTo(Path pins);

    record RunningProcess(long pid, String commandLine) {}

    /// @param version empty if the library cannot be used
    /// @param problem what is wrong and what to do; empty if nothing is
    record Library(String version, String problem) {}
}
