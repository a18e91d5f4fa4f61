// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.cluster.EventSink;
import io.culvert.cluster.ObjectName;
import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.maps.FrontendKey;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.servicelb.desired.Endpoints;
import io.culvert.servicelb.desired.ServiceRules;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A load balancer over tables in memory, a cluster to change and a clock to turn.
final class LoadBalancerFixture {

    final ClusterFixture cluster = new ClusterFixture();
    final InMemoryTables tables;
    final List<String> events = new ArrayList<>();
    private final EventSink sink = (_, object, reason, message) -> events.add(object + " " + reason + ": " + message);
    private final ServiceRules rules;
    private long now = 1;
    LoadBalancer balancer;

    LoadBalancerFixture() {
        this(new InMemoryTables());
    }

    LoadBalancerFixture(InMemoryTables tables) {
        this(tables, ServiceRules.DEFAULT);
    }

    LoadBalancerFixture(ServiceRules rules) {
        this(new InMemoryTables(), rules);
    }

    private LoadBalancerFixture(InMemoryTables tables, ServiceRules rules) {
        this.tables = tables;
        this.rules = rules;
        balancer = start();
    }

    /// Another agent on the tables as they are.
    LoadBalancer start() {
        return new LoadBalancer(tables, Endpoints.HERE, rules, sink, () -> Instant.ofEpochSecond(0, now), () -> now);
    }

    /// The agent dies and another begins, with nothing but the tables.
    void restart() {
        tables.restart();
        balancer = start();
    }

    ApplyResult apply() {
        return balancer.apply(cluster.update());
    }

    /// Lets time pass, then has the balancer look after itself.
    ApplyResult pass(Duration time) {
        now += time.toNanos();
        return balancer.maintain();
    }

    /// Lets everything end that waits for time.
    void settle() {
        pass(Duration.ofSeconds(31));
        pass(Duration.ofSeconds(2));
    }

    static FrontendKey http(String address) {
        return new FrontendKey(IpAddress.of(address), 80, Protocol.TCP);
    }

    /// The addresses that a connection to port 80 of `address` can be given; null if it is not translated.
    @Nullable
    Set<String> chosen(String address) {
        Set<InMemoryTables.Choice> choices = tables.choices(http(address));
        return choices == null
                ? null
                : choices.stream().map(choice -> choice.address().toString()).collect(Collectors.toSet());
    }

    Extent extentOf(String address) {
        return tables.extent(index(http(address))).orElseThrow();
    }

    /// The service index that a frontend leads to.
    int index(FrontendKey key) {
        return Objects.requireNonNull(tables.frontends.get(key)).service();
    }

    /// Backend ids by address.
    Map<String, Integer> ids(String address) {
        return extentOf(address).backends().stream()
                .collect(Collectors.toMap(backend -> backend.address().toString(), Backend::id));
    }

    ServiceStatus status(String name) {
        ObjectName service = ClusterFixture.name(name);
        return balancer.statuses().stream()
                .filter(status -> status.service().equals(service))
                .findFirst()
                .orElseThrow();
    }
}
