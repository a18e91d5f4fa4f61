// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.Endpoint;
import io.culvert.cluster.EndpointPort;
import io.culvert.cluster.EndpointSlice;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Rows of services.md about EndpointSlices that are decided where an object is read.
class EndpointSliceDecoderTest {

    private final Decoding decoding = new Decoding();

    @Test
    void A1_05_aHeadlessSliceIsNotWanted() {
        assertThat(slice("service.kubernetes.io/headless: '', kubernetes.io/service-name: web", "addressType: IPv4"))
                .isInstanceOf(Decoded.Unwanted.class);
    }

    @Test
    void A1_14_aSliceWithoutServiceIsNotWanted() {
        assertThat(slice("app: web", "addressType: IPv4")).isInstanceOf(Decoded.Unwanted.class);
    }

    @Test
    void A3_01_familiesAreReadAndNamesIgnored() {
        assertThat(endpoints("addressType: IPv6\nendpoints: [{addresses: ['fd00::1']}]")
                        .family())
                .isEqualTo(IpFamily.IPV6);
        assertThat(slice(
                        "kubernetes.io/service-name: web",
                        "addressType: FQDN\nendpoints: [{addresses: [example.com]}]"))
                .isInstanceOf(Decoded.Unwanted.class);
    }

    @Test
    void A3_02_A3_03_theFirstAddressCountsAndNoneIsLeftOut() {
        EndpointSlice slice =
                endpoints("addressType: IPv4\nendpoints: [{addresses: [10.1.0.1, 10.1.0.2]}, {addresses: []}, {}]");

        assertThat(slice.endpoints()).extracting(Endpoint::address).containsExactly(IpAddress.of("10.1.0.1"));
        assertThat(decoding.badEntries).hasSize(2);
    }

    @Test
    void A3_07_A3_08_portsWithoutNameOrNumberAreLeftOut() {
        EndpointSlice slice = endpoints(
                "addressType: IPv4\nports: [{port: 80}, {name: a}, {name: b, port: 0}, {name: '', port: 81}, {name: c, port: null}]");

        assertThat(slice.ports()).containsExactly(new EndpointPort("", Protocol.TCP, 81));
    }

    @Test
    void A3_09_A3_10_unsetConditionsAreReadyServingAndNotTerminating() {
        EndpointSlice slice = endpoints("""
                addressType: IPv4
                endpoints:
                - addresses: [10.1.0.1]
                - addresses: [10.1.0.2]
                  conditions: {ready: null, serving: null, terminating: null}
                - addresses: [10.1.0.3]
                  conditions: {ready: false, serving: true, terminating: true}
                """);

        assertThat(slice.endpoints()).extracting(Endpoint::ready).containsExactly(true, true, false);
        assertThat(slice.endpoints()).extracting(Endpoint::serving).containsExactly(true, true, true);
        assertThat(slice.endpoints()).extracting(Endpoint::terminating).containsExactly(false, false, true);
    }

    @Test
    void A3_17_nodeZoneAndHintsAreRead() {
        EndpointSlice slice = endpoints("""
                addressType: IPv4
                endpoints:
                - addresses: [10.1.0.1]
                  nodeName: n1
                  zone: a
                  hints: {forZones: [{name: a}, {name: b}], forNodes: [{name: n1}]}
                - addresses: [10.1.0.2]
                """);

        assertThat(slice.endpoints().getFirst().nodeName()).isEqualTo("n1");
        assertThat(slice.endpoints().getFirst().zone()).isEqualTo("a");
        assertThat(slice.endpoints().getFirst().zoneHints()).isEqualTo(Set.of("a", "b"));
        assertThat(slice.endpoints().getFirst().nodeHints()).isEqualTo(Set.of("n1"));
        assertThat(slice.endpoints().getLast().nodeName()).isNull();
    }

    @Test
    void anEndpointOfTheOtherFamilyIsLeftOut() {
        EndpointSlice slice =
                endpoints("addressType: IPv4\nendpoints: [{addresses: ['fd00::1']}, {addresses: [10.1.0.1]}]");

        assertThat(slice.endpoints()).extracting(Endpoint::address).containsExactly(IpAddress.of("10.1.0.1"));
        assertThat(decoding.badEntries).hasSize(1);
    }

    @Test
    void A14_10_theTriggerTimeIsReadAndANonsenseOneIgnored() {
        String annotation = "endpoints.kubernetes.io/last-change-trigger-time";
        EndpointSlice good = decoding.wanted(
                DocumentKind.ENDPOINT_SLICE,
                "metadata: {name: s, labels: {kubernetes.io/service-name: web}, annotations: {" + annotation
                        + ": '2026-01-02T03:04:05.5Z'}}\naddressType: IPv4");
        EndpointSlice bad = decoding.wanted(
                DocumentKind.ENDPOINT_SLICE,
                "metadata: {name: s, labels: {kubernetes.io/service-name: web}, annotations: {" + annotation
                        + ": soon}}\naddressType: IPv4");

        assertThat(good.triggeredAt()).contains(Instant.parse("2026-01-02T03:04:05.5Z"));
        assertThat(bad.triggeredAt()).isEmpty();
    }

    private EndpointSlice endpoints(String body) {
        return decoding.wanted(
                DocumentKind.ENDPOINT_SLICE,
                "metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}\n" + body);
    }

    private Decoded slice(String labels, String body) {
        return decoding.decode(
                DocumentKind.ENDPOINT_SLICE, "metadata: {name: web-1, labels: {" + labels + "}}\n" + body);
    }
}
