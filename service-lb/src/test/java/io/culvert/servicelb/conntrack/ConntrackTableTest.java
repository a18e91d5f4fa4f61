// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.conntrack;

import static io.culvert.maps.FlowFlag.ANSWERED;
import static io.culvert.maps.FlowFlag.SYN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.cluster.ObjectName;
import io.culvert.maps.FlowRole;
import io.culvert.maps.FrontendKey;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.servicelb.desired.ServicePortName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConntrackTableTest {

    private static final ServicePortName WEB =
            new ServicePortName(new ObjectName("default", "web"), "http", Protocol.TCP, IpFamily.IPV4);

    private final InMemoryFlows flows = new InMemoryFlows();
    private final ConntrackTable table =
            new ConntrackTable(flows, FlowLifetimes.DEFAULT, ConntrackTableTest::name, () -> flows.now);

    private static Optional<ServicePortName> name(FrontendKey key) {
        return key.equals(new FrontendKey(IpAddress.of("10.96.0.1"), 80, Protocol.TCP))
                ? Optional.of(WEB)
                : Optional.empty();
    }

    private void twoConnections() {
        flows.connection(Protocol.TCP, 40_000, Duration.ofSeconds(3), Duration.ofSeconds(2), SYN, ANSWERED);
        flows.connection(Protocol.UDP, 40_001, Duration.ofSeconds(5), Duration.ofSeconds(5));
    }

    @Test
    void bothEntriesAreOneConnection() {
        flows.connection(Protocol.TCP, 40_000, Duration.ofSeconds(3), Duration.ofSeconds(2), SYN, ANSWERED);

        List<Connection> connections = table.list(FlowFilter.ALL);

        assertThat(connections).singleElement().satisfies(connection -> {
            assertThat(connection.name()).contains(WEB);
            assertThat(connection.state()).isEqualTo(ConnectionState.ESTABLISHED);
            assertThat(connection.idle()).isEqualTo(Duration.ofSeconds(2));
            assertThat(connection.expiresIn()).isEqualTo(Duration.ofSeconds(86_398));
            assertThat(connection.age()).isEqualTo(Duration.ofDays(1));
            assertThat(connection.sent()).isEqualTo(5);
            assertThat(connection.receivedBytes()).isEqualTo(4_000);
            assertThat(connection.backend()).hasToString("10.1.0.3:8080");
        });
    }

    @Test
    void threeEntriesOfAMasqueradedConnectionAreOneAsItsBackendSeesIt() {
        flows.masqueraded(Protocol.TCP, 40_000, Duration.ZERO, Duration.ZERO, Duration.ZERO);

        assertThat(table.list(FlowFilter.ALL)).singleElement().satisfies(connection -> {
            assertThat(connection.source()).hasToString("192.0.2.1:60000");
            assertThat(connection.sent()).isEqualTo(5);
            assertThat(connection.received()).isEqualTo(4);
        });
        assertThat(table.flush(FlowFilter.ALL)).isEqualTo(1);
        assertThat(flows.entries).isEmpty();
    }

    @Test
    void halfAConnectionIsShownAndAnExpiredOneIsNot() {
        flows.entry(Protocol.TCP, FlowRole.REPLY, 40_000, Duration.ofSeconds(3), ANSWERED);
        flows.connection(Protocol.UDP, 40_001, Duration.ofSeconds(61), Duration.ofSeconds(61));

        assertThat(table.list(FlowFilter.ALL))
                .singleElement()
                .satisfies(connection -> assertThat(connection.sent()).isZero());
    }

    @Test
    void everyPartOfAFilterCounts() {
        twoConnections();
        FlowFilter web = FlowFilter.ALL.withService(WEB.service());

        assertThat(table.list(FlowFilter.ALL)).hasSize(2);
        assertThat(table.list(web)).hasSize(1);
        assertThat(table.list(web.withProtocol(Protocol.UDP))).isEmpty();
        assertThat(table.list(FlowFilter.ALL.withProtocol(Protocol.UDP))).hasSize(1);
        assertThat(table.list(FlowFilter.ALL.withClient(IpAddress.of("10.1.0.2"))))
                .hasSize(2);
        assertThat(table.list(FlowFilter.ALL.withClient(IpAddress.of("10.1.0.3"))))
                .isEmpty();
        assertThat(table.list(FlowFilter.ALL.withBackend(IpAddress.of("10.1.0.3"))))
                .hasSize(2);
        assertThat(table.list(FlowFilter.ALL.withBackend(IpAddress.of("10.1.0.2"))))
                .isEmpty();
        assertThat(table.list(FlowFilter.ALL.withBackendPort(8080))).hasSize(2);
        assertThat(table.list(FlowFilter.ALL.withBackendPort(80))).isEmpty();
    }

    @Test
    void aPodIsMeantAsClientAndAsBackend() {
        twoConnections();

        for (String address : List.of("10.1.0.2", "10.1.0.3")) {
            FlowFilter pod = FlowFilter.ALL.withEnds(Set.of(IpAddress.of(address), IpAddress.of("fd00::9")));
            assertThat(table.list(pod)).as(address).hasSize(2);
        }
        assertThat(table.list(FlowFilter.ALL.withEnds(Set.of(IpAddress.of("10.1.0.4")))))
                .isEmpty();
        FlowFilter unresolved = FlowFilter.ALL.withPod(new ObjectName("default", "client"));
        assertThatThrownBy(() -> table.list(unresolved)).hasMessageContaining("default/client");
    }

    @Test
    void flushRemovesBothEntriesOfWhatIsMeantAndNothingElse() {
        twoConnections();

        assertThat(table.flush(FlowFilter.ALL.withProtocol(Protocol.UDP))).isEqualTo(1);

        assertThat(flows.entries.values()).hasSize(2).allMatch(flow -> flow.protocol() == Protocol.TCP);
        assertThat(table.flush(FlowFilter.ALL)).isEqualTo(1);
        assertThat(flows.entries).isEmpty();
        assertThat(table.flush(FlowFilter.ALL)).isZero();
    }
}
