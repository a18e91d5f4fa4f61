// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.AddressKey;
import io.culvert.maps.Algorithm;
import io.culvert.maps.Backend;
import io.culvert.maps.Extent;
import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.SourceRangeKey;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.net.Protocol;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What [ServiceTables] promises; run against the tables in memory and against the kernel's, so that tests with the
/// former say something about the latter.
abstract class ServiceTablesContract {

    private static final FrontendKey WEB = new FrontendKey(IpAddress.of("10.96.0.1"), 80, Protocol.TCP);
    private static final FrontendKey DNS = new FrontendKey(IpAddress.of("fd00::1"), 53, Protocol.UDP);

    abstract ServiceTables tables();

    /// Closes the tables as a process that ends does, and opens them again.
    abstract ServiceTables reopen();

    private static Extent extent(int service, Integer... ids) {
        List<Backend> backends = new ArrayList<>();
        for (int id : ids) {
            IpAddress address = IpAddress.ofV4(0x0a01_0000 + backends.size());
            backends.add(new Backend(address, 8080, 1, id, 3, backends.isEmpty(), true));
        }
        int count = backends.size();
        return new Extent(service, 0, Math.min(1, count), 0, count, 0, Algorithm.RANDOM, count == 0, false, backends);
    }

    @Test
    void frontendsAreAddedReplacedAndRemoved() {
        ServiceTables tables = tables();
        int one = tables.reserveService();
        int other = tables.reserveService();
        tables.publish(extent(one));
        tables.publish(extent(other));
        assertThat(one).isNotEqualTo(other);

        tables.putFrontends(Map.of(WEB, Frontend.clusterIp(one, false), DNS, Frontend.clusterIp(other, true)));
        tables.putFrontends(Map.of(WEB, Frontend.clusterIp(other, false)));

        assertThat(tables.frontend(WEB)).contains(Frontend.clusterIp(other, false));
        assertThat(all(tables))
                .isEqualTo(Map.of(WEB, Frontend.clusterIp(other, false), DNS, Frontend.clusterIp(other, true)));

        tables.removeFrontends(Set.of(WEB, new FrontendKey(IpAddress.of("10.96.0.99"), 80, Protocol.TCP)));
        assertThat(tables.frontend(WEB)).isEmpty();
        assertThat(all(tables)).hasSize(1);
    }

    @Test
    void anExtentIsReadAsItWasPublishedUntilItIsWithdrawn() {
        ServiceTables tables = tables();
        int service = tables.reserveService();
        assertThat(tables.extent(service)).isEmpty();

        Extent first = extent(service, tables.publishBackend(), tables.publishBackend());
        tables.publish(first);
        assertThat(tables.extent(service))
                .hasValueSatisfying(read -> assertThat(read.sameContent(first)).isTrue());
        assertThat(tables.publishedServices()).containsExactly(service);

        Extent second = extent(service, tables.publishBackend());
        tables.publish(second);
        assertThat(tables.extent(service))
                .hasValueSatisfying(read -> assertThat(read.sameContent(second)).isTrue());

        tables.withdraw(service);
        assertThat(tables.extent(service)).isEmpty();
        assertThat(tables.publishedServices()).isEmpty();
    }

    @Test
    void idsArePublishedUntilTheyAreWithdrawnAndDoNotComeBackSoon() {
        ServiceTables tables = tables();
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            int id = tables.publishBackend();
            assertThat(id).isNotZero();
            assertThat(seen.add(id)).isTrue();
            assertThat(tables.isPublished(id)).isTrue();
            tables.withdrawBackend(id);
            assertThat(tables.isPublished(id)).isFalse();
        }
    }

    @Test
    void everythingThatIsUsedSurvivesTheAgent() {
        ServiceTables before = tables();
        int service = before.reserveService();
        int kept = before.publishBackend();
        int stray = before.publishBackend();
        before.publish(extent(service, kept));
        before.putFrontends(Map.of(WEB, Frontend.clusterIp(service, true)));

        ServiceTables after = reopen();

        assertThat(all(after)).isEqualTo(Map.of(WEB, Frontend.clusterIp(service, true)));
        assertThat(after.extent(service))
                .hasValueSatisfying(read ->
                        assertThat(read.backends()).extracting(Backend::id).containsExactly(kept));
        assertThat(after.isPublished(kept)).isTrue();
        assertThat(after.isPublished(stray)).isFalse();
        assertThat(after.reserveService())
                .as("an index in use is not given away")
                .isNotEqualTo(service);
        assertThat(after.publishBackend()).isNotEqualTo(kept);
    }

    @Test
    void anIndexThatOnlyAFrontendNamesIsNotGivenAwayOnceItIsClaimed() {
        ServiceTables tables = tables();
        tables.claimService(0);
        tables.claimService(1);

        assertThat(tables.reserveService()).isGreaterThan(1);
    }

    @Test
    void clientRangesAreAddedRemovedAndSurviveTheAgent() {
        ServiceTables tables = tables();
        int service = tables.reserveService();
        tables.publish(extent(service));
        SourceRangeKey v4 = SourceRangeKey.of(service, prefix("198.51.100.0/24"));
        SourceRangeKey host = SourceRangeKey.of(service, prefix("198.51.100.7/32"));
        SourceRangeKey v6 = SourceRangeKey.of(service, prefix("fd00::/64"));
        SourceRangeKey all = SourceRangeKey.of(service, prefix("0.0.0.0/1"));

        tables.putSourceRanges(List.of(v4, host, v6, all));
        tables.putSourceRanges(List.of(v4));
        assertThat(ranges(tables)).containsExactlyInAnyOrder(v4, host, v6, all);

        tables.removeSourceRanges(List.of(host, all));
        tables.removeSourceRanges(List.of(host));
        assertThat(ranges(reopen())).containsExactlyInAnyOrder(v4, v6);
    }

    @Test
    void clusterAddressesAreAddedReplacedRemovedAndSurviveTheAgent() {
        ServiceTables tables = tables();
        AddressKey v4 = new AddressKey(IpAddress.of("10.96.0.1"));
        AddressKey v6 = new AddressKey(IpAddress.of("fd00:96::1"));

        tables.putClusterAddresses(Map.of(v4, AddressKey.REFUSE, v6, AddressKey.REFUSE));
        tables.putClusterAddresses(Map.of(v4, AddressKey.LEAVE));
        Map<AddressKey, Integer> read = new HashMap<>();
        reopen().forEachClusterAddress(read::put);
        assertThat(read).isEqualTo(Map.of(v4, AddressKey.LEAVE, v6, AddressKey.REFUSE));

        tables().removeClusterAddresses(List.of(v4, v6));
        tables().removeClusterAddresses(List.of(v4));
        tables().forEachClusterAddress((key, _) -> assertThat(key).isNull());
    }

    private static IpPrefix prefix(String text) {
        return IpPrefix.parse(text).orElseThrow();
    }

    private static List<SourceRangeKey> ranges(ServiceTables tables) {
        List<SourceRangeKey> ranges = new ArrayList<>();
        tables.forEachSourceRange(ranges::add);
        return ranges;
    }

    private static Map<FrontendKey, Frontend> all(ServiceTables tables) {
        Map<FrontendKey, Frontend> all = new HashMap<>();
        tables.forEachFrontend(all::put);
        return all;
    }
}
