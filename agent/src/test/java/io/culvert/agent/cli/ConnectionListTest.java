// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ObjectName;
import io.culvert.net.IpAddress;
import io.culvert.servicelb.conntrack.FlowFilter;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What lists of connections look like, of what is masqueraded among them, and of clients with session affinity.
final class ConnectionListTest {

    @RegisterExtension
    private final ListedNode node = new ListedNode();

    @Test
    void connectionsHaveNames() {
        assertThat(node.run("conntrack", "list")
                        .lines()
                        .skip(1)
                        .findFirst()
                        .orElseThrow()
                        .split(" {3,}"))
                .containsExactly(
                        "TCP",
                        "10.1.0.9:40312",
                        "10.96.0.10:80",
                        "default/web:http",
                        "10.1.0.3:8080",
                        "established",
                        "0s",
                        "86400s");
        assertThat(node.run("conntrack", "flush", "--service", "web")).isEqualTo("forgot 1 connection\n");
    }

    @Test
    void onlyConnectionsThatTheBackendSeesUnderAnotherNameAreNat() {
        assertThat(node.run("nat", "list")
                        .lines()
                        .map(line -> line.split(" {3,}"))
                        .toList())
                .containsExactly(
                        new String[] {
                            "Protocol", "Client", "Frontend", "Service", "Masquerade", "Backend", "State", "Expires"
                        },
                        new String[] {
                            "UDP",
                            "198.51.100.7:5000",
                            "192.0.2.1:30053",
                            "kube-system/dns",
                            "192.0.2.1:61234",
                            "10.1.0.3:53",
                            "established",
                            "119s"
                        });
        assertThat(node.run("nat", "list", "-o", "json"))
                .contains("\"masquerade\" : {", "\"address\" : \"192.0.2.1\"", "\"port\" : 61234");
    }

    @Test
    void clientsWithAffinityAreListedAndFiltered() {
        assertThat(node.run("affinity", "list")
                        .lines()
                        .map(line -> line.split(" {3,}"))
                        .toList())
                .containsExactly(
                        new String[] {"Service", "Protocol", "Client", "Backend", "Age", "Remaining"},
                        new String[] {"default/web:http", "TCP", "10.1.0.9", "10.1.0.3:8080", "800s", "10000s"});
        assertThat(node.run("affinity", "list", "-o", "json")).contains("\"remainingSeconds\" : 10000.0");
        assertThat(node.run("affinity", "list", "--service", "web")).contains("10.1.0.9");
        assertThat(node.run("affinity", "list", "--service", "kube-system/dns")).doesNotContain("10.1.0.9");
        assertThat(node.run("affinity", "list", "--client", "10.1.0.8")).doesNotContain("10.1.0.9");
    }

    @Test
    void filtersArriveAsTheyWereMeant() {
        node.run("conntrack", "flush", "--backend", "10.1.0.3:8080", "--pod", "shop/cart-0");
        node.run("conntrack", "list", "--backend", "[fd00::3]:53", "--pod", "fd00::9");
        node.run("nat", "list", "--backend", "fd00::3");

        assertThat(node.filters)
                .containsExactly(
                        FlowFilter.ALL
                                .withBackend(IpAddress.of("10.1.0.3"))
                                .withBackendPort(8080)
                                .withPod(new ObjectName("shop", "cart-0")),
                        FlowFilter.ALL
                                .withBackend(IpAddress.of("fd00::3"))
                                .withBackendPort(53)
                                .withEnds(Set.of(IpAddress.of("fd00::9"))),
                        FlowFilter.ALL.withBackend(IpAddress.of("fd00::3")));
    }
}
