// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.doctor.LiveKubeProxy;
import io.culvert.agent.doctor.LiveMachine;
import io.culvert.agent.doctor.Machine;
import io.culvert.agent.kubeproxy.Commands;
import io.culvert.agent.kubeproxy.KubeProxyLeftovers;
import io.culvert.agent.kubeproxy.Leftover;
import io.culvert.agent.kubeproxy.LiveCommands;
import io.culvert.agent.lifecycle.RunDirectory;
import io.culvert.agent.lifecycle.StateDirectory;
import io.culvert.maps.datapath.DatapathPins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// `culvert cleanup`.
@Command(
        name = "cleanup",
        description = {
            "Detach all programs of a node and remove its maps. Traffic to Services stops being translated.",
            "With --kube-proxy, remove what kube-proxy left in the kernel instead, and leave Culvert as it is."
        })
final class CleanupCommand extends Verb {

    @Mixin
    private final NodeOptions node = new NodeOptions();

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            defaultValue = "${env:CULVERT_STATE_DIR}",
            description = "The agent's state directory (default /var/lib/culvert, or another --run-dir).")
    private @Nullable Path stateDir;

    @Option(
            names = "--kube-proxy",
            description = "Remove kube-proxy's iptables chains, nftables tables, ipsets and virtual servers.")
    private boolean kubeProxy;

    @Option(names = "--dry-run", description = "With --kube-proxy: only tell what would be removed.")
    private boolean dryRun;

    @Option(
            names = "--end-connections",
            description = "With --kube-proxy: end connections that kube-proxy translates; else they live on.")
    private boolean endConnections;

    private final Machine machine;
    private final Commands commands;

    CleanupCommand() {
        this(new LiveMachine(), new LiveCommands());
    }

    CleanupCommand(Machine machine, Commands commands) {
        this.machine = machine;
        this.commands = commands;
    }

    @Override
    public Integer call() {
        if (kubeProxy) {
            return removeKubeProxy(new KubeProxyLeftovers(commands));
        }
        if (dryRun || endConnections) {
            throw new ParameterException(
                    spec().commandLine(), "--dry-run and --end-connections go with --kube-proxy only");
        }
        // Holding the lock keeps an agent from starting in between.
        try (RunDirectory runDir = RunDirectory.lock(node.runDir())) {
            Path bpffs = node.bpffs();
            boolean there = Files.exists(bpffs);
            DatapathPins.remove(bpffs);
            StateDirectory.of(stateDir, node.runDir()).clear();
            runDir.clear();
            say(there ? "removed the datapath of " + bpffs : "nothing is pinned in " + bpffs);
            return ExitStatus.DONE;
        }
    }

    private Integer removeKubeProxy(KubeProxyLeftovers leftovers) {
        List<Leftover> found = leftovers.find();
        if (dryRun) {
            found.forEach(leftover -> {
                say("would remove " + leftover);
                leftover.details().forEach(detail -> say("  " + detail));
            });
        } else {
            LiveKubeProxy.find(machine).ifPresent(live -> {
                throw new CommandFailure("remove what kube-proxy left: kube-proxy " + live
                        + " and would write it again; " + LiveKubeProxy.REMEDY);
            });
        }
        List<String> failures = dryRun ? List.of() : remove(leftovers, found);
        if (found.isEmpty() && !leftovers.holdsConnections()) {
            say("nothing of kube-proxy is left");
        }
        Stream.concat(leftovers.doubts().stream(), failures.stream()).forEach(this::note);
        return failures.isEmpty() && leftovers.doubts().isEmpty() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private List<String> remove(KubeProxyLeftovers leftovers, List<Leftover> found) {
        if (endConnections) {
            if (leftovers.releaseConnections()) {
                say("removed nft: table inet culvert-hold");
            }
        } else if (found.stream().anyMatch(Leftover::nat)) {
            leftovers
                    .holdConnections()
                    .ifPresentOrElse(
                            reason -> note("hold live connections: " + reason
                                    + "; those through a Service may end where nothing else uses the kernel's NAT"),
                            () -> say("keep translating live connections: nft table inet culvert-hold; once they have"
                                    + " ended, culvert cleanup --kube-proxy --end-connections removes it"));
        }
        return leftovers.remove(found, leftover -> say("removed " + leftover));
    }

    private void say(String line) {
        out().println(line);
        out().flush();
    }
}
