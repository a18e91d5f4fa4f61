// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import io.culvert.agent.view.StatusView;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Devices have the program before the stack, where the agent is asked for it. What a driver can, only the attempt
/// tells; so the agent that made it is asked.
final class XdpCheck implements Check {

    private static final String CHECK = "xdp";
    private static final String FACT = "XDP";

    private final Optional<StatusView> agent;

    XdpCheck(Optional<StatusView> agent) {
        this.agent = agent;
    }

    @Override
    public List<Finding> examine(Machine machine) {
        return agent.map(XdpCheck::findings)
                .orElseGet(() -> List.of(Finding.ok(CHECK, "no agent runs here, which alone knows what drivers take")));
    }

    private static List<Finding> findings(StatusView status) {
        List<String> devices = status.facts().stream()
                .filter(fact -> fact.name().equals(FACT))
                .flatMap(fact -> Stream.of(fact.value().split(", ")))
                .toList();
        return devices.isEmpty() || devices.equals(List.of("off"))
                ? List.of(Finding.ok(CHECK, "off, packets are translated behind the stack"))
                : devices.stream().map(device -> finding(device, status)).toList();
    }

    /// @param device its name and how it has it, as in `eth0 native`
    private static Finding finding(String device, StatusView status) {
        String[] words = device.split(" ", 2);
        String check = CHECK + " of " + words[0];
        return status.problems().stream()
                .filter(problem -> problem.subject().equals(check))
                .findFirst()
                .map(problem -> Finding.warning(check, problem.message(), problem.remedy()))
                .orElseGet(() -> Finding.ok(
                        check,
                        words[1].equals("native")
                                ? "native, in its driver"
                                : "generic, behind its driver: packets go past the stack but have become an skb"));
    }
}
