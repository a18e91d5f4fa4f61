// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static io.culvert.servicelb.ClusterFixture.service;
import static io.culvert.servicelb.ClusterFixture.slice;
import static io.culvert.servicelb.LoadBalancerFixture.http;
import static io.culvert.servicelb.desired.Endpoints.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.AddressKey;
import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.LpmKey;
import io.culvert.maps.SourceRangeKey;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What an audit finds and repairs, on tables in memory that insist on the order of writes.
class AuditTest {

    private final LoadBalancerFixture given = new LoadBalancerFixture();

    @BeforeEach
    void program() {
        given.cluster.put(service("web", "10.96.0.1")).put(slice("web", at("10.1.0.1"), at("10.1.0.2")));
        given.cluster.put(service("dns", "10.96.0.2")).put(slice("dns", at("10.1.0.3")));
        given.apply();
    }

    @Test
    void A14_04_whatIsAsItWasWrittenIsLeftAlone() {
        int writes = given.tables.writes;
        AuditReport report = given.balancer.audit(true);
        assertThat(report.compared()).isTrue();
        assertThat(report.total()).isZero();
        assertThat(given.tables.writes).isEqualTo(writes);
    }

    @Test
    void A14_04_aReportAloneWritesNothing() {
        given.tables.frontends.clear();
        int writes = given.tables.writes;
        AuditReport report = given.balancer.audit(false);
        assertThat(report.counts()).isEqualTo(Map.of("frontends", 2));
        assertThat(report.remaining()).isEqualTo(2);
        assertThat(given.tables.writes).isEqualTo(writes);
    }

    @Test
    void A14_04_lostAndOverwrittenEntriesComeBackAndForeignOnesGo() {
        Map<?, ?> before = Map.copyOf(given.tables.choices());
        int web = given.index(http("10.96.0.1"));
        int dns = given.index(http("10.96.0.2"));
        Extent extent = given.extentOf("10.96.0.1");
        Backend third = given.extentOf("10.96.0.2").backends().getFirst();
        Map<AddressKey, Integer> addresses = Map.copyOf(given.tables.clusterAddresses);
        given.tables.frontends.remove(http("10.96.0.1"));
        given.tables.frontends.put(http("10.96.0.2"), Frontend.clusterIp(web, true));
        given.tables.frontends.put(http("10.96.0.3"), Frontend.clusterIp(dns, false));
        SourceRangeKey foreign =
                new SourceRangeKey(dns, LpmKey.of(IpPrefix.parse("192.0.2.0/24").orElseThrow()));
        given.tables.sourceRanges.add(foreign);
        Backend first = extent.backends().getFirst();
        given.tables.backends.remove(first.id());
        List<Backend> swapped = new ArrayList<>(extent.backends());
        swapped.set(0, ExtentDraft.withId(third, first.id()));
        given.tables.extents.put(web, extent.withBackends(swapped));

        given.tables.clusterAddresses.remove(new AddressKey(IpAddress.of("10.96.0.1")));
        given.tables.clusterAddresses.put(new AddressKey(IpAddress.of("10.96.0.3")), AddressKey.REFUSE);

        AuditReport report = given.balancer.audit(true);

        assertThat(report.counts())
                .isEqualTo(
                        Map.of("frontends", 3, "slots", 1, "backends", 1, "source_ranges", 1, "cluster_addresses", 2));
        assertThat(given.tables.clusterAddresses).isEqualTo(addresses).isNotEmpty();
        assertThat(report.differences())
                .extracting(AuditDifference::toString)
                .contains(
                        "frontends, TCP 10.96.0.1:80: expected " + Frontend.clusterIp(web, false) + ", found nothing");
        assertThat(report.remaining()).isZero();
        assertThat(given.tables.choices()).isEqualTo(before);
        assertThat(given.tables.frontends).hasSize(2);
        assertThat(given.tables.sourceRanges).isEmpty();
        assertThat(given.balancer.audit(false).total()).isZero();
    }

    @Test
    void A14_04_nothingIsComparedBeforeEverythingIsKnown() {
        given.restart();
        given.tables.frontends.put(http("10.96.0.9"), Frontend.clusterIp(0, false));
        given.cluster.complete(false);
        given.apply();
        AuditReport report = given.balancer.audit(true);
        assertThat(report.compared()).isFalse();
        assertThat(given.tables.frontends).containsKey(http("10.96.0.9"));
    }

    @Test
    void A14_04_aRepairThatFailsIsReportedAndDoneByTheNext() {
        given.tables.frontends.remove(http("10.96.0.1"));
        given.tables.failure = what -> what.startsWith("put");
        AuditReport report = given.balancer.audit(true);
        assertThat(report.remaining()).isEqualTo(1);
        assertThat(report.failures()).hasSize(1).allMatch(line -> line.startsWith("add frontends: put "));
        given.tables.failure = _ -> false;
        assertThat(given.balancer.audit(true).remaining()).isZero();
        assertThat(given.chosen("10.96.0.1")).containsExactlyInAnyOrder("10.1.0.1", "10.1.0.2");
    }
}
