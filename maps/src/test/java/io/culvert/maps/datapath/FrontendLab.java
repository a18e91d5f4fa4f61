// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.BpfObject;
import io.culvert.maps.AddressKey;
import io.culvert.maps.FrontendFlag;
import io.culvert.maps.FrontendType;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.ServiceTables.TestService;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabHost;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabPod;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import io.culvert.testkit.lab.SocketName;
import java.time.Duration;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// One node with a client and a server, whose Services have addresses of every type.
final class FrontendLab implements AutoCloseable {

    static final int FIRST_PORT = 9000;
    static final int NODE_PORT = 30080;
    static final String VIP = "203.0.113.10";

    /// An address of the node that serves no NodePorts.
    static final String OTHER = "198.18.0.1";

    private static final Duration BRIEF = Duration.ofMillis(400);

    private final Lab lab;
    final LabNode node;
    final LabPod client;
    final LabPod server;
    private @Nullable LabPrograms programs;

    FrontendLab() {
        lab = Lab.builder().node("n1", PodAttachment.ROUTED, "client", "server").create();
        node = lab.node("n1");
        client = lab.pod("client");
        server = lab.pod("server");
        server.sockets().serve(8080);
        client.sockets().serve(NODE_PORT);
        node.exec("ip", "addr", "add", OTHER + "/32", "dev", "lo").orThrow();
    }

    /// Has the server serve as many backends more, on ports from [#FIRST_PORT] on.
    FrontendLab serving(int backends) {
        for (int port = FIRST_PORT; port < FIRST_PORT + backends; port++) {
            server.sockets().serve(port);
        }
        return this;
    }

    /// The first of those.
    String[] backends(IpFamily family, int count) {
        return IntStream.range(FIRST_PORT, FIRST_PORT + count)
                .mapToObj(port -> "[" + server.ip(family) + "]:" + port)
                .toArray(String[]::new);
    }

    /// Puts fresh programs and empty tables in place.
    LabPrograms load(boolean localhostNodePorts) {
        return load(object -> object.configure("config_localhost_node_ports", localhostNodePorts));
    }

    LabPrograms load(UnaryOperator<BpfObject> settings) {
        unload();
        LabPrograms fresh = LabPrograms.load(node, settings).attachSockets(node.cgroupRoot());
        programs = fresh;
        for (IpFamily family : IpFamily.values()) {
            fresh.tables.put(Tables.NODE_ADDRESSES, new AddressKey(node.ip(family)), AddressKey.NODE_PORTS);
        }
        fresh.tables.put(Tables.NODE_ADDRESSES, new AddressKey(IpAddress.of(OTHER)), 0);
        return fresh;
    }

    void unload() {
        if (programs != null) {
            programs.close();
            programs = null;
        }
    }

    ServiceTables tables() {
        return Objects.requireNonNull(programs).tables;
    }

    static String loopback(IpFamily family) {
        return family == IpFamily.IPV4 ? "127.0.0.1" : "::1";
    }

    static String wildcard(IpFamily family) {
        return family == IpFamily.IPV4 ? "0.0.0.0" : "::";
    }

    /// A Service with a ClusterIP, and a NodePort with these flags.
    TestService nodePort(Protocol protocol, IpFamily family, FrontendFlag... flags) {
        String clusterIp = family == IpFamily.IPV4 ? "10.96.0.10" : "fd00:96::10";
        TestService service = tables().service(protocol, clusterIp, 80, "[" + server.ip(family) + "]:8080");
        tables().alsoAt(service, FrontendType.NODE_PORT, wildcard(family), NODE_PORT, flags);
        return service;
    }

    /// A Service with a ClusterIP, and a load balancer's address with these flags.
    TestService loadBalancer(FrontendFlag... flags) {
        TestService service = tables().service(Protocol.TCP, "10.96.0.10", 80, server.ip(IpFamily.IPV4) + ":8080");
        tables().alsoAt(service, FrontendType.LOAD_BALANCER, VIP, 80, flags);
        return service;
    }

    void assertAnswers(Outcome outcome, String dialled, int port) {
        assertThat(outcome.answer().server()).isEqualTo("server");
        assertThat(outcome.answer().peer()).isEqualTo(new SocketName(IpAddress.of(dialled), port));
    }

    /// Nobody has the address, so that a connection that is not translated ends nowhere.
    void assertUntranslated(LabHost host, String address, int port) {
        Outcome.Failure failure =
                host.sockets().tcp(Dial.to(address, port).within(BRIEF)).failure();
        assertThat(failure.stage()).isEqualTo("connect");
        assertThat(failure.errno()).isIn("TIMEOUT", "EHOSTUNREACH", "ENETUNREACH");
    }

    @Override
    public void close() {
        unload();
        lab.close();
    }
}
