// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import io.culvert.agent.kubeproxy.Commands;
import io.culvert.agent.kubeproxy.KubeProxyLeftovers;
import io.culvert.agent.kubeproxy.Leftover;
import io.culvert.agent.kubeproxy.Leftover.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// kube-proxy neither runs here nor left anything behind: its rules see packets that Culvert leaves alone, and refuse
/// them or send them to pods that are gone (kubernetes #102314, #119265).
final class KubeProxyCheck implements Check {

    private static final String REMEDY = "remove it: culvert cleanup --kube-proxy (with --dry-run it only tells)";

    @Override
    public List<Finding> examine(Machine machine) {
        KubeProxyLeftovers leftovers = new KubeProxyLeftovers(commands(machine));
        List<Leftover> found = leftovers.find();
        List<Finding> findings = new ArrayList<>();
        findings.add(LiveKubeProxy.find(machine)
                .map(live -> Finding.error("kube-proxy", live, LiveKubeProxy.REMEDY))
                .orElseGet(() -> Finding.ok("kube-proxy", "does not run")));
        for (Kind kind : Kind.values()) {
            findings.add(of(
                    kind,
                    found.stream().filter(leftover -> leftover.kind() == kind).toList()));
        }
        leftovers.doubts().forEach(doubt -> findings.add(Finding.warning("ipvs", doubt, "")));
        if (leftovers.holdsConnections()) {
            findings.add(Finding.ok(
                    "nftables", "table inet culvert-hold keeps connections alive that kube-proxy translated"));
        }
        return findings;
    }

    private static Finding of(Kind kind, List<Leftover> found) {
        String check = kind.name().toLowerCase(Locale.ROOT);
        if (found.isEmpty()) {
            return Finding.ok(check, "nothing of kube-proxy");
        }
        String more = found.size() == 1 ? "" : ", and " + (found.size() - 1) + " more";
        return Finding.error(check, "kube-proxy left " + found.getFirst() + more, REMEDY);
    }

    private static Commands commands(Machine machine) {
        return (_, command) -> machine.run(command)
                .<Commands.Outcome>map(Commands.Outcome.Done::new)
                .orElseGet(Commands.Outcome.NotInstalled::new);
    }
}
