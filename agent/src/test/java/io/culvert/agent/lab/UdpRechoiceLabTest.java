// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabService;
import io.culvert.testkit.lab.Outcome.Answer;
import io.culvert.testkit.lab.SocketName;
import io.culvert.testkit.lab.TcpConnection;
import io.culvert.testkit.lab.UdpSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What happens to sockets whose backend leaves the Service: datagrams go to another, connections stay.
@LabTest
class UdpRechoiceLabTest {

    private static ServiceLab lab;

    @BeforeAll
    static void create() {
        lab = ServiceLab.with(ServiceLab.service("unused", 9));
    }

    @AfterAll
    static void remove() {
        lab.close();
    }

    /// A socket and what it is called in a failure.
    private record Client(String name, UdpSocket socket, Dial dial, boolean connected) {
        Answer ask() {
            return (connected ? socket.send("again") : socket.sendTo(dial, "again")).answer();
        }
    }

    @Test
    void A13_03_datagramsGoToALiveBackendWhenTheirsIsGone() {
        LabService service = ServiceLab.service("dns", 30).backedBy(lab.pod("web1"));
        lab.apply(service);
        lab.awaitBackends(service, 2);
        List<Client> clients = openSockets(service);
        for (Client client : clients) {
            assertThat(client.ask().server()).as(client.name()).isEqualTo("web1");
        }
        lab.apply(service.backedBy(lab.pod("web2")));
        lab.awaitBackend(service, lab.pod("web2"));
        for (Client client : clients) {
            Answer answer = client.ask();
            assertThat(answer.server()).as(client.name()).isEqualTo("web2");
            assertThat(answer.peer())
                    .as(client.name())
                    .isEqualTo(new SocketName(IpAddress.of(client.dial().host()), ServiceLab.PORT));
        }
        clients.forEach(client -> client.socket().close());
    }

    @Test
    void A13_05_datagramsSentBeforeThereWasAnEndpointDoNotStick() {
        LabService service = ServiceLab.service("late", 31);
        lab.apply(service);
        lab.awaitListed(service);
        List<Client> clients = new ArrayList<>();
        for (LabHost host : lab.clients()) {
            Dial dial = lab.dial(service, IpFamily.IPV4);
            UdpSocket socket = host.sockets().openUdp(dial);
            assertThat(socket.sendTo(dial, "too early").failure().errno()).isIn("ECONNREFUSED", "TIMEOUT");
            clients.add(new Client(host.name(), socket, dial, false));
        }
        lab.apply(service.backedBy(lab.pod("web1")));
        lab.awaitBackend(service, lab.pod("web1"));
        for (Client client : clients) {
            assertThat(client.ask().server()).as(client.name()).isEqualTo("web1");
        }
    }

    @Test
    void A13_01_connectionsStayWithABackendThatLeft() {
        LabService service = ServiceLab.service("drained", 32).backedBy(lab.pod("web1"));
        lab.apply(service);
        lab.awaitBackends(service, 2);
        List<TcpConnection> connections = new ArrayList<>();
        for (LabHost host : lab.clients()) {
            connections.add(host.sockets().openTcp(lab.dial(service, IpFamily.IPV6)));
        }
        connections.forEach(connection ->
                assertThat(connection.exchange("before").answer().server()).isEqualTo("web1"));
        lab.apply(service.backedBy(lab.pod("web2")));
        lab.awaitBackend(service, lab.pod("web2"));
        connections.forEach(connection ->
                assertThat(connection.exchange("after").answer().server()).isEqualTo("web1"));
        connections.forEach(TcpConnection::close);
    }

    @Test
    void A5_08_theVerdictChangesWhenTheLastEndpointGoes() {
        LabService service = ServiceLab.service("ended", 33).backedBy(lab.pod("web1"));
        lab.apply(service);
        lab.awaitBackends(service, 2);
        lab.apply(service.backedBy());
        lab.awaitBackends(service, 0);
        for (LabHost host : lab.clients()) {
            assertThat(host.sockets()
                            .tcp(lab.dial(service, IpFamily.IPV4))
                            .failure()
                            .errno())
                    .isEqualTo("ECONNREFUSED");
        }
    }

    /// An unconnected and a connected socket of each client and family. A connected socket of a host process is left
    /// out: no packet hook sees its traffic, so that it stays with the backend it connected to.
    private static List<Client> openSockets(LabService service) {
        List<Client> clients = new ArrayList<>();
        for (IpFamily family : IpFamily.values()) {
            Dial dial = lab.dial(service, family);
            for (LabHost host : lab.clients()) {
                String name = host.name() + " " + host.cgroup().getFileName() + " " + family;
                clients.add(new Client(name + " sendto", host.sockets().openUdp(dial), dial, false));
                if (!lab.lab().nodes().contains(host)) {
                    clients.add(new Client(name + " connected", host.sockets().connectUdp(dial), dial, true));
                }
            }
        }
        return clients;
    }
}
