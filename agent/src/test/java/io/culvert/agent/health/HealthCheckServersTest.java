// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ClusterUpdate;
import io.culvert.cluster.Endpoint;
import io.culvert.cluster.EndpointPort;
import io.culvert.cluster.EndpointSlice;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Service;
import io.culvert.cluster.ServiceBuilder;
import io.culvert.cluster.ServicePort;
import io.culvert.cluster.ServiceType;
import io.culvert.cluster.TrafficPolicy;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/// Health check node ports over real HTTP on loopback.
final class HealthCheckServersTest {

    private final List<String> events = new ArrayList<>();
    private boolean proxyHealthy = true;
    private final HealthCheckServers servers = new HealthCheckServers(
            "n1",
            () -> proxyHealthy,
            (_, object, reason, message) -> events.add(object + " " + reason + ": " + message));
    private ClusterState state = ClusterState.EMPTY;

    @AfterEach
    void close() {
        servers.close();
    }

    private static ObjectName name(String name) {
        return new ObjectName("default", name);
    }

    private static ServiceBuilder service(String name, int port) {
        return Service.builder(name(name))
                .type(ServiceType.LOAD_BALANCER)
                .clusterIps(List.of(IpAddress.of("10.96.0.1"), IpAddress.of("fd00:96::1")))
                .port(new ServicePort("http", Protocol.TCP, 80, 0))
                .externalTrafficPolicy(TrafficPolicy.LOCAL)
                .healthCheckNodePort(port);
    }

    private void put(ServiceBuilder builder) {
        Service service = builder.build();
        change(state.services().plus(service.name(), service), service.name());
    }

    private void remove(String name) {
        change(state.services().minus(name(name)), name(name));
    }

    private void change(PMap<ObjectName, Service> services, ObjectName changed) {
        state = new ClusterState(services, state.slicesByService(), state.nodes(), state.pods());
        servers.apply(new ClusterUpdate(state, Set.of(changed), false, false, true));
    }

    private void endpoints(String service, String... addresses) {
        var slices = HashTreePMap.<String, EndpointSlice>empty();
        for (IpFamily family : IpFamily.values()) {
            List<Endpoint> endpoints = Stream.of(addresses)
                    .map(IpAddress::of)
                    .filter(address -> address.family() == family)
                    .map(address -> Endpoint.ready(address, "n1"))
                    .toList();
            EndpointSlice slice = new EndpointSlice(
                    name(service + family),
                    service,
                    family,
                    Instant.EPOCH,
                    List.of(new EndpointPort("http", Protocol.TCP, 8080)),
                    endpoints,
                    null);
            slices = slices.plus(slice.name().name(), slice);
        }
        state = new ClusterState(
                state.services(), state.slicesByService().plus(name(service), slices), state.nodes(), state.pods());
        servers.apply(new ClusterUpdate(state, Set.of(name(service)), false, false, true));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static void assertRefused(String address, int port) {
        assertThatThrownBy(() -> Http.get(address, port, "/")).isInstanceOf(ConnectException.class);
    }

    @Test
    void A11_01_A11_02_A11_04_theAnswerSaysHowManyEndpointsAreHere() throws IOException {
        int port = freePort();
        put(service("web", port));
        endpoints("web", "10.1.0.1", "10.1.0.2");

        String answer = Http.get("127.0.0.1", port, "/any/path");
        assertThat(answer)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nContent-Type: application/json\r\n")
                .contains("\r\nX-Content-Type-Options: nosniff\r\n")
                .contains("\r\nX-Load-Balancing-Endpoint-Weight: 2\r\n");
        assertThat(Http.body(answer))
                .isEqualTo(
                        "{\"service\":{\"namespace\":\"default\",\"name\":\"web\"},\"localEndpoints\":2,\"serviceProxyHealthy\":true}\n");

        endpoints("web");
        assertThat(Http.get("127.0.0.1", port, "/"))
                .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                .contains("X-Load-Balancing-Endpoint-Weight: 0\r\n");
    }

    @Test
    void A11_02_anUnhealthyProxyIsNotAskedForTraffic() throws IOException {
        int port = freePort();
        put(service("web", port));
        endpoints("web", "10.1.0.1");
        proxyHealthy = false;

        assertThat(Http.get("127.0.0.1", port, "/"))
                .startsWith("HTTP/1.1 503")
                .contains("\"localEndpoints\":1,\"serviceProxyHealthy\":false");
    }

    @Test
    void A11_11_eachFamilyIsAnsweredByItsOwnEndpoints() throws IOException {
        int port = freePort();
        put(service("web", port));
        endpoints("web", "10.1.0.1");

        assertThat(Http.get("127.0.0.1", port, "/")).startsWith("HTTP/1.1 200");
        assertThat(Http.get("::1", port, "/")).startsWith("HTTP/1.1 503");

        endpoints("web", "fd00:1::1");
        assertThat(Http.get("127.0.0.1", port, "/")).startsWith("HTTP/1.1 503");
        assertThat(Http.get("::1", port, "/")).startsWith("HTTP/1.1 200");
    }

    @Test
    void A11_08_A11_09_aPortOpensAndClosesWithThePolicyTheTypeAndTheService() throws IOException {
        int port = freePort();
        put(service("web", port).externalTrafficPolicy(TrafficPolicy.CLUSTER));
        assertRefused("127.0.0.1", port);

        put(service("web", port));
        assertThat(Http.get("127.0.0.1", port, "/")).startsWith("HTTP/1.1 503");
        put(service("web", port).externalTrafficPolicy(TrafficPolicy.CLUSTER));
        assertRefused("127.0.0.1", port);

        put(service("web", port));
        put(service("web", port).type(ServiceType.NODE_PORT));
        assertRefused("127.0.0.1", port);

        put(service("web", port));
        int other = freePort();
        put(service("web", other));
        assertRefused("127.0.0.1", port);
        assertThat(Http.get("127.0.0.1", other, "/")).startsWith("HTTP/1.1 503");

        remove("web");
        assertRefused("127.0.0.1", other);
        assertThat(servers.listening()).isZero();
    }

    @Test
    void A11_06_onlyTheSelectedAddressesListenAndTheyMayChange() throws IOException {
        int port = freePort();
        servers.listenOn(Set.of(IpAddress.of("127.0.0.1"), IpAddress.of("::1")));
        put(service("web", port));
        endpoints("web", "10.1.0.1", "fd00:1::1");
        assertThat(Http.get("127.0.0.1", port, "/")).startsWith("HTTP/1.1 200");
        assertThat(Http.get("::1", port, "/")).startsWith("HTTP/1.1 200");
        assertRefused("127.0.0.2", port);

        servers.listenOn(Set.of(IpAddress.of("127.0.0.2")));
        assertThat(Http.get("127.0.0.2", port, "/")).startsWith("HTTP/1.1 200");
        assertRefused("127.0.0.1", port);
        assertRefused("::1", port);

        put(service("web", port).clusterIps(List.of(IpAddress.of("fd00:96::1"))));
        assertThat(servers.listening())
                .as("no address of the Service's only family")
                .isZero();
    }

    @Test
    void A11_07_aBusyPortIsAnEventAndIsTriedAgain() throws IOException {
        int port;
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            port = busy.getLocalPort();
            put(service("web", port));
            servers.maintain();

            String reason = "listen on [::]:" + port + " for health checks: Address already in use;"
                    + " stop what listens there; it is tried again";
            assertThat(events).containsExactly("default/web FailedToStartServiceHealthcheck: " + reason);
            assertThat(servers.problems()).singleElement().hasToString("Service default/web: " + reason);
        }
        servers.maintain();
        assertThat(Http.get("127.0.0.1", port, "/")).startsWith("HTTP/1.1 503");
        assertThat(servers.problems()).isEmpty();
    }

    @Test
    void A11_07_ofTwoServicesWithOnePortTheSecondWaitsForIt() throws IOException {
        int port = freePort();
        put(service("web", port));
        endpoints("web", "10.1.0.1");
        put(service("other", port));
        assertThat(events).singleElement().asString().startsWith("default/other FailedToStartServiceHealthcheck");
        assertThat(Http.get("127.0.0.1", port, "/")).contains("\"name\":\"web\"");

        remove("web");
        assertThat(Http.get("127.0.0.1", port, "/")).contains("\"name\":\"other\"");
    }

    @Test
    void A2_20_aServiceWithoutAPortIsReportedAndServesNothing() {
        put(service("web", 0));

        assertThat(servers.listening()).isZero();
        assertThat(servers.problems())
                .singleElement()
                .hasToString("Service default/web: spec.healthCheckNodePort is 0 with externalTrafficPolicy Local;"
                        + " have the cluster allocate one");
    }
}
