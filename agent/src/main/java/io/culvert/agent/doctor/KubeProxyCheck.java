// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// kube-proxy neither runs here nor left rules behind: what it translates first, Culvert does not see.
final class KubeProxyCheck implements Check {

    /// Chains that kube-proxy makes. KUBE-FIREWALL, KUBE-KUBELET-CANARY and, with older kubelets, KUBE-MARK-MASQ,
    /// KUBE-MARK-DROP and KUBE-POSTROUTING are the kubelet's, and harmless.
    private static final Pattern CHAIN = Pattern.compile(
            "^:(KUBE-(?:SERVICES|NODEPORTS|EXTERNAL-SERVICES|FORWARD|PROXY-FIREWALL"
                    + "|PROXY-CANARY|LOAD-BALANCER|NODE-PORT|(?:SVC|SEP|SVL|EXT|FW|XLB)-\\S+)) ",
            Pattern.MULTILINE);

    private static final Pattern TABLE = Pattern.compile("^table (ip6?) kube-proxy\\b", Pattern.MULTILINE);

    /// Both back ends of iptables, because each only shows its own rules; the first two are one of them.
    private static final List<String> SAVE_COMMANDS = List.of(
            "iptables-save",
            "ip6tables-save",
            "iptables-legacy-save",
            "ip6tables-legacy-save",
            "iptables-nft-save",
            "ip6tables-nft-save");

    private static final Pattern PROCESS = Pattern.compile("(?:\\S*/)?kube-proxy(?: .*)?");

    @Override
    public List<Finding> examine(Machine machine) {
        List<Finding> findings = new ArrayList<>();
        processes(machine, findings);
        iptables(machine, findings);
        nftables(machine, findings);
        ipvs(machine, findings);
        return findings;
    }

    private static void processes(Machine machine, List<Finding> findings) {
        List<Machine.RunningProcess> running = machine.processes().stream()
                .filter(process -> PROCESS.matcher(process.commandLine()).matches())
                .toList();
        for (Machine.RunningProcess process : running) {
            findings.add(Finding.error(
                    "kube-proxy",
                    "runs as process " + process.pid(),
                    "remove it: kubectl -n kube-system delete daemonset kube-proxy"));
        }
        if (running.isEmpty()) {
            findings.add(Finding.ok("kube-proxy", "does not run"));
        }
    }

    private static void iptables(Machine machine, List<Finding> findings) {
        Set<String> chains = new TreeSet<>();
        Set<String> where = new LinkedHashSet<>();
        boolean asked = false;
        for (String command : SAVE_COMMANDS) {
            String rules = machine.run(command).orElse(null);
            asked |= rules != null;
            if (rules != null && chains.addAll(chains(rules))) {
                where.add(command.replace("-save", ""));
            }
        }
        if (!chains.isEmpty()) {
            findings.add(Finding.error(
                    "iptables",
                    chains.size() + " chains of kube-proxy are left (" + String.join(", ", where) + "), as "
                            + chains.iterator().next(),
                    "remove them: kube-proxy --cleanup, or reboot the node after kube-proxy is gone"));
        } else {
            findings.add(Finding.ok(
                    "iptables", asked ? "no chains of kube-proxy" : "not installed, so nothing was left in it"));
        }
    }

    static Set<String> chains(String rules) {
        Set<String> chains = new TreeSet<>();
        Matcher matcher = CHAIN.matcher(rules);
        while (matcher.find()) {
            chains.add(matcher.group(1));
        }
        return chains;
    }

    private static void nftables(Machine machine, List<Finding> findings) {
        String tables = machine.run("nft", "list", "tables").orElse("");
        Matcher matcher = TABLE.matcher(tables);
        boolean found = false;
        while (matcher.find()) {
            found = true;
            findings.add(Finding.error(
                    "nftables",
                    "table " + matcher.group(1) + " kube-proxy is left",
                    "remove it: nft delete table " + matcher.group(1) + " kube-proxy"));
        }
        if (!found) {
            findings.add(Finding.ok("nftables", "no table of kube-proxy"));
        }
    }

    private static void ipvs(Machine machine, List<Finding> findings) {
        if (machine.read(java.nio.file.Path.of("/sys/class/net/kube-ipvs0/ifindex"))
                .isPresent()) {
            findings.add(Finding.error(
                    "ipvs",
                    "interface kube-ipvs0 of kube-proxy is left and holds Service addresses",
                    "remove it: ip link delete kube-ipvs0, and ipvsadm --clear"));
        }
    }
}
