// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.kubeproxy.Commands;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PathFiltersTest {

    private final Map<String, String> outputs = new HashMap<>();
    private final Map<Path, String> files = new HashMap<>();

    private Optional<String> find() {
        Commands commands = (_, command) -> Optional.ofNullable(outputs.get(String.join(" ", command)))
                .<Commands.Outcome>map(Commands.Outcome.Done::new)
                .orElseGet(Commands.Outcome.NotInstalled::new);
        return new PathFilters(commands, file -> Optional.ofNullable(files.get(file))).find();
    }

    private void table(String name, String base, String... rules) {
        String text = "table %s {\n\tchain entry {\n\t\t%s\n".formatted(name, base);
        outputs.merge("nft list chains", text + "\t}\n}\n", String::concat);
        outputs.put("nft -t list table " + name, text + "\t\t" + String.join("\n\t\t", rules) + "\n\t}\n}\n");
    }

    private static String forward(String policy) {
        return "type filter hook forward priority filter; policy " + policy + ";";
    }

    @Test
    void aMachineWithoutRulesFiltersNothing() {
        outputs.put("nft list chains", "");

        assertThat(find()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ip saddr 10.0.0.0/8 counter packets 1 bytes 60 accept",
                "counter packets 0 bytes 0 log prefix \"drop this\"",
                "ct state established,related accept comment \"or else drop\"",
                "meta mark set 0x1 return",
                "tcp flags syn counter packets 1 bytes 6 tcp option maxseg size set rt mtu",
                "counter packets 0 bytes 0 jump KUBE-FORWARD",
                "jump drop-box"
            })
    void whatOnlyCountsOrAcceptsIsNoFilter(String rule) {
        table("inet others", forward("accept"), rule);

        assertThat(find()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ip saddr 10.9.0.0/16 drop",
                "tcp dport 25 counter packets 0 bytes 0 reject",
                "ct state vmap { established : accept, invalid : drop }",
                "iifname \"eth0\" queue num 0",
                "ip daddr vmap @verdicts",
                "tcp dport 25 counter packets 0 bytes 0 xt target \"REJECT\""
            })
    void A21_26_aRuleThatRefusesAnythingIsNamed(String rule) {
        table("inet others", forward("accept"), "accept", rule);

        assertThat(find()).hasValue("table inet others: rule `" + rule + "` of chain entry");
    }

    @Test
    void aRuleBehindAJumpIsFound() {
        table(
                "ip filter",
                forward("accept"),
                "jump one\n\t}\n\tchain one {\n\t\tgoto two\n\t}\n\tchain two {\n\t\tdrop");

        assertThat(find()).hasValue("table ip filter: rule `drop` of chain two");
    }

    @Test
    void aPolicyThatDropsIsNamed() {
        table("ip6 filter", forward("drop"), "accept");

        assertThat(find()).hasValue("table ip6 filter: chain entry has the policy drop");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "type filter hook input priority filter; policy drop;",
                "type filter hook output priority 0; policy drop;",
                "type nat hook postrouting priority srcnat; policy drop;"
            })
    void whatPacketsBetweenPodsDoNotMeetDoesNotMatter(String base) {
        table("inet others", base, "drop");

        assertThat(find()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bridge|type filter hook forward priority 0; policy accept;",
                "ip|type filter hook prerouting priority raw; policy accept;",
                "ip6|type route hook postrouting priority 5; policy accept;",
                "netdev|type filter hook ingress device \"cali1\" priority 0; policy accept;"
            })
    void everyHookOnTheWayMatters(String hook) {
        String[] words = hook.split("\\|");
        table(words[0] + " others", words[1], "drop");

        assertThat(find()).isPresent();
    }

    @Test
    void kubeProxysTableIsNone() {
        table("ip kube-proxy", forward("accept"), "ct state invalid drop");

        assertThat(find()).isEmpty();
    }

    @Test
    void tablesOfOldIptablesAreLookedAtWhereTheyAreInUse() {
        outputs.put("nft list chains", "");
        outputs.put("iptables-legacy-save", """
                *nat
                :PREROUTING DROP [0:0]
                COMMIT
                *filter
                :INPUT DROP [0:0]
                :FORWARD ACCEPT [0:0]
                :mine - [0:0]
                -A FORWARD -m comment --comment "-j DROP" -j KUBE-FORWARD
                -A FORWARD -p tcp -j mine
                -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
                -A mine -s 10.9.0.0/16 -j REJECT --reject-with icmp-port-unreachable
                COMMIT
                """);

        assertThat(find()).isEmpty();

        files.put(Path.of("/proc/self/net/ip_tables_names"), "filter\nnat\n");

        assertThat(find())
                .hasValue("iptables-legacy table filter: rule `-s 10.9.0.0/16 -j REJECT --reject-with"
                        + " icmp-port-unreachable` of chain mine");
    }

    @Test
    void ebtablesAreLookedAtWhereTheyAreInUse() {
        outputs.put("nft list chains", "");
        files.put(Path.of("/proc/modules"), "ebtable_filter 16384 1 - Live\nebtables 49152 1\n");
        outputs.put("ebtables-legacy-save", "*filter\n:INPUT ACCEPT\n:FORWARD DROP\n");

        assertThat(find()).hasValue("ebtables-legacy table filter: chain FORWARD has the policy drop");
    }

    @Test
    void whatCannotBeKnownCountsAsAFilter() {
        assertThat(find()).hasValue("nft is not installed, so that nobody can say what filters");

        outputs.put("nft list chains", "");
        files.put(Path.of("/proc/self/net/ip6_tables_names"), "filter\n");

        assertThat(find()).hasValue("ip6tables-legacy-save does not work, and its tables are in use");
    }
}
