// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import static io.culvert.observability.hubble.Names.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.IpPort;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.observability.api.flow.DropReason;
import io.culvert.observability.api.flow.Endpoint;
import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.api.flow.FlowType;
import io.culvert.observability.api.flow.IPVersion;
import io.culvert.observability.api.flow.LostEventSource;
import io.culvert.observability.api.flow.SocketTranslationPoint;
import io.culvert.observability.api.flow.TraceObservationPoint;
import io.culvert.observability.api.flow.TraceReason;
import io.culvert.observability.api.flow.TrafficDirection;
import io.culvert.observability.api.flow.Verdict;
import io.culvert.observability.api.observer.GetFlowsResponse;
import io.culvert.observability.flow.WallClock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FlowMessagesTest {

    private static final Instant BOOT = Instant.parse("2026-01-02T03:04:05Z");

    private final FlowMessages messages = new FlowMessages(new Names(), new WallClock(() -> BOOT, () -> 0L));

    record Family(IpPort client, IpPort web, IpPort service, IpPort outside, IPVersion version) {

        static Family of(String client, String web, String service, String outside, IPVersion version) {
            return new Family(
                    address(client, 40000), address(web, 8080), address(service, 80), address(outside, 443), version);
        }
    }

    private static final Family V4 = Family.of("10.1.0.2", "10.1.0.3", "10.96.0.10", "198.51.100.7", IPVersion.IPv4);
    private static final Family V6 = Family.of("fd01::2", "fd01::3", "fd96::10", "2001:db8::7", IPVersion.IPv6);

    static List<Family> families() {
        return List.of(V4, V6);
    }

    @ParameterizedTest
    @MethodSource("families")
    void aConnectionThatBeginsHasBothEndsAndItsService(Family family) {
        Flow flow = messages.flow(new EventDraft(family.client, family.service)
                .translated(family.web, Names.SERVICE)
                .event());

        assertThat(flow.getTime().getSeconds()).isEqualTo(BOOT.getEpochSecond() + 1);
        assertThat(flow.getNodeName()).isEqualTo("default/node1");
        assertThat(flow.getNodeLabelsList()).containsExactly("topology.kubernetes.io/zone=a");
        assertThat(flow.getEmitter().getName()).isEqualTo("Culvert");
        assertThat(flow.getVerdict()).isEqualTo(Verdict.FORWARDED);
        assertThat(flow.getType()).isEqualTo(FlowType.L3_L4);
        assertThat(flow.getIP().getSource()).isEqualTo(family.client.address().toString());
        assertThat(flow.getIP().getDestination())
                .isEqualTo(family.service.address().toString());
        assertThat(flow.getIP().getIpVersion()).isEqualTo(family.version);
        assertThat(flow.getL4().getTCP().getSourcePort()).isEqualTo(40000);
        assertThat(flow.getL4().getTCP().getDestinationPort()).isEqualTo(80);
        assertThat(flow.getL4().getTCP().getFlags().getSYN()).isTrue();
        assertThat(flow.getL4().getTCP().getFlags().getACK()).isFalse();
        assertThat(name(flow.getSource())).isEqualTo("default/client 300");
        assertThat(name(flow.getDestination())).isEqualTo("shop/web-1 301");
        assertThat(flow.getSource().getID()).isZero();
        assertThat(flow.getDestination().getID()).isEqualTo(Names.WEB_ENDPOINT);
        assertThat(flow.getDestination().getWorkloads(0).getKind()).isEqualTo("Deployment");
        assertThat(flow.getDestination().getClusterName()).isEqualTo("default");
        assertThat(flow.getDestinationService().getNamespace()).isEqualTo("shop");
        assertThat(flow.getDestinationService().getName()).isEqualTo("web");
        assertThat(flow.hasSourceService()).isFalse();
        assertThat(flow.getIsReply().getValue()).isFalse();
        assertThat(flow.hasIsReply()).isTrue();
        assertThat(flow.getTraceObservationPoint()).isEqualTo(TraceObservationPoint.FROM_ENDPOINT);
        assertThat(flow.getTraceReason()).isEqualTo(TraceReason.NEW);
        assertThat(flow.getTrafficDirection()).isEqualTo(TrafficDirection.EGRESS);
        assertThat(flow.getEventType().getType()).isEqualTo(4);
        assertThat(flow.getEventType().getSubType()).isEqualTo(5);
        assertThat(flow.getInterface().getName()).isEqualTo("cali42");
        assertThat(flow.getSummary()).isEqualTo("TCP Flags: SYN; to " + family.web);
    }

    @ParameterizedTest
    @MethodSource("families")
    void aReplyHasTheServiceAtItsSource(Family family) {
        Flow flow = messages.flow(new EventDraft(family.web, family.client)
                .translated(family.service, Names.SERVICE)
                .flags(EventFlag.IS_REPLY)
                .tcp(2 | 16)
                .event());

        assertThat(name(flow.getSource())).isEqualTo("shop/web-1 301");
        assertThat(name(flow.getDestination())).isEqualTo("default/client 300");
        assertThat(flow.getSourceService().getName()).isEqualTo("web");
        assertThat(flow.hasDestinationService()).isFalse();
        assertThat(flow.getIP().getSourceXlated())
                .isEqualTo(family.service.address().toString());
        assertThat(flow.getIsReply().getValue()).isTrue();
        assertThat(flow.getReply()).isTrue();
        assertThat(flow.getTraceReason()).isEqualTo(TraceReason.REPLY);
        assertThat(flow.getTrafficDirection()).isEqualTo(TrafficDirection.INGRESS);
        assertThat(flow.getSummary()).isEqualTo("TCP Flags: SYN, ACK");
    }

    @ParameterizedTest
    @MethodSource("families")
    void aDropSaysWhy(Family family) {
        Flow flow = messages.flow(new EventDraft(family.client, family.service)
                .is(EventKind.DROP, EventVerdict.DROPPED)
                .flags(EventFlag.DIRECTED)
                .because(158)
                .event());

        assertThat(flow.getVerdict()).isEqualTo(Verdict.DROPPED);
        assertThat(flow.getDropReason()).isEqualTo(158);
        assertThat(flow.getDropReasonDesc()).isEqualTo(DropReason.SERVICE_BACKEND_NOT_FOUND);
        assertThat(flow.getEventType().getType()).isEqualTo(1);
        assertThat(flow.getEventType().getSubType()).isEqualTo(158);
        assertThat(flow.getDestinationService().getName()).isEqualTo("web");
        assertThat(flow.hasIsReply()).isFalse();
        assertThat(flow.getTrafficDirection()).isEqualTo(TrafficDirection.EGRESS);
    }

    @Test
    void eachReasonHasAWordOfHubble() {
        for (io.culvert.maps.DropReason reason : io.culvert.maps.DropReason.values()) {
            Flow flow = messages.flow(new EventDraft(V4.client, V4.service)
                    .is(EventKind.DROP, EventVerdict.DROPPED)
                    .because(reason.number())
                    .event());

            assertThat(flow.getDropReason()).isEqualTo(reason.number());
            assertThat(flow.getDropReasonDesc() != DropReason.DROP_REASON_UNKNOWN
                            || flow.getSummary().contains("; "))
                    .as("%s", reason)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("families")
    void aVerdictNamesThePolicy(Family family) {
        EventDraft verdict =
                new EventDraft(family.client, family.web).at(EventHook.TO_POD).rule(Names.RULE);

        Flow allowed = messages.flow(
                verdict.is(EventKind.VERDICT, EventVerdict.FORWARDED).event());
        Flow denied = messages.flow(
                verdict.is(EventKind.VERDICT, EventVerdict.DROPPED).because(181).event());

        assertThat(allowed.getEventType().getType()).isEqualTo(5);
        assertThat(allowed.getEventType().getSubType()).isEqualTo(3);
        assertThat(allowed.getPolicyMatchType()).isEqualTo(3);
        assertThat(allowed.getTrafficDirection()).isEqualTo(TrafficDirection.INGRESS);
        assertThat(allowed.getIngressAllowedBy(0).getName()).isEqualTo("only-shops");
        assertThat(allowed.getIngressAllowedBy(0).getNamespace()).isEqualTo("shop");
        assertThat(allowed.getIngressAllowedBy(0).getKind()).isEqualTo("NetworkPolicy");
        assertThat(allowed.getIngressAllowedBy(0).getRevision()).isEqualTo(9);
        assertThat(allowed.getIngressAllowedBy(0).getLabelsList())
                .containsExactly(
                        "k8s:io.cilium.k8s.policy.derived-from=NetworkPolicy",
                        "k8s:io.cilium.k8s.policy.name=only-shops",
                        "k8s:io.cilium.k8s.policy.namespace=shop");
        assertThat(allowed.getDropReason()).isZero();
        assertThat(denied.getVerdict()).isEqualTo(Verdict.DROPPED);
        assertThat(denied.getIngressDeniedByCount()).isEqualTo(1);
        assertThat(denied.getIngressAllowedByCount()).isZero();
        assertThat(denied.getDropReasonDesc()).isEqualTo(DropReason.POLICY_DENY);
    }

    @Test
    void anAuditedOneIsNotDropped() {
        Flow flow = messages.flow(new EventDraft(V4.client, V4.web)
                .is(EventKind.VERDICT, EventVerdict.AUDIT)
                .because(215)
                .event());

        assertThat(flow.getVerdict()).isEqualTo(Verdict.AUDIT);
        assertThat(flow.getDropReason()).isZero();
        assertThat(flow.getPolicyMatchType()).isZero();
    }

    @ParameterizedTest
    @MethodSource("families")
    void aConnectionThatEndsSaysHowMuchItCarried(Family family) {
        Flow flow = messages.flow(new EventDraft(family.client, family.service)
                .is(EventKind.CLOSE, EventVerdict.FORWARDED)
                .translated(family.web, Names.SERVICE)
                .tcp(1 | 16)
                .detail(512, 1024, 5L << 32 | 6, 1_203_000_000L)
                .event());

        assertThat(flow.getEventType().getType()).isEqualTo(4);
        assertThat(flow.getTraceReason()).isEqualTo(TraceReason.ESTABLISHED);
        assertThat(flow.getSummary())
                .isEqualTo("TCP Flags: ACK, FIN; to " + family.web
                        + "; closed after 1203 ms, 512 bytes in 6 packets out, 1024 bytes in 5 packets back");
    }

    @ParameterizedTest
    @MethodSource("families")
    void aSocketIsOfThePodOfItsCgroup(Family family) {
        Flow flow = messages.flow(new EventDraft(EventDraft.NOBODY, family.service)
                .is(EventKind.SOCKET, EventVerdict.TRANSLATED)
                .at(EventHook.SOCKET)
                .translated(family.web, Names.SERVICE)
                .tcp(0)
                .detail(99, Names.CLIENT_CGROUP, 3, 0)
                .event());

        assertThat(flow.getVerdict()).isEqualTo(Verdict.TRANSLATED);
        assertThat(flow.getType()).isEqualTo(FlowType.SOCK);
        assertThat(flow.getEventType().getType()).isEqualTo(7);
        assertThat(flow.getSockXlatePoint()).isEqualTo(SocketTranslationPoint.SOCK_XLATE_POINT_POST_DIRECTION_FWD);
        assertThat(flow.getSocketCookie()).isEqualTo(99);
        assertThat(flow.getCgroupId()).isEqualTo(Names.CLIENT_CGROUP);
        assertThat(name(flow.getSource())).isEqualTo("default/client 300");
        assertThat(name(flow.getDestination())).isEqualTo("shop/web-1 301");
        assertThat(flow.getIP().getSource()).isEqualTo(family.client.address().toString());
        assertThat(flow.getIP().getIpVersion()).isEqualTo(family.version);
        assertThat(flow.hasInterface()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("families")
    void whoIsNoPodIsReserved(Family family) {
        Flow flow = messages.flow(new EventDraft(family.outside, family.web)
                .at(EventHook.FROM_NETWORK)
                .protocol(17)
                .event());

        assertThat(flow.getSource().getIdentity()).isEqualTo(2);
        assertThat(flow.getSource().getLabelsList()).containsExactly("reserved:world");
        assertThat(flow.getSource().getPodName()).isEmpty();
        assertThat(flow.getL4().hasUDP()).isTrue();
        assertThat(flow.hasIsReply()).isFalse();
        assertThat(flow.getTraceObservationPoint()).isEqualTo(TraceObservationPoint.FROM_NETWORK);
        assertThat(flow.getTrafficDirection()).isEqualTo(TrafficDirection.TRAFFIC_DIRECTION_UNKNOWN);
    }

    @Test
    void otherProtocolsHaveTheirOwnMessages() {
        EventDraft v4 = new EventDraft(address("10.1.0.2", 0), address("10.1.0.3", 0));
        EventDraft v6 = new EventDraft(address("fd01::2", 0), address("fd01::3", 0));

        Flow echo = messages.flow(v4.icmp(1, 8).event());
        Flow echo6 = messages.flow(v6.icmp(58, 129).event());
        Flow sctp =
                messages.flow(new EventDraft(V6.client, V6.web).protocol(132).event());
        Flow gre = messages.flow(v4.protocol(47).event());
        Flow igmp = messages.flow(v4.protocol(2).event());
        Flow vrrp = messages.flow(v4.protocol(112).event());

        assertThat(echo.getL4().getICMPv4().getType()).isEqualTo(8);
        assertThat(echo.getSummary()).isEqualTo("ICMPv4 EchoRequest");
        assertThat(echo6.getL4().getICMPv6().getType()).isEqualTo(129);
        assertThat(echo6.getSummary()).isEqualTo("ICMPv6 EchoReply");
        assertThat(sctp.getL4().getSCTP().getDestinationPort()).isEqualTo(8080);
        assertThat(gre.hasL4()).isFalse();
        assertThat(gre.getSummary()).isEqualTo("protocol 47");
        assertThat(igmp.getL4().hasIGMP()).isTrue();
        assertThat(igmp.getSummary()).isEqualTo("IGMP");
        assertThat(vrrp.getL4().hasVRRP()).isTrue();
        assertThat(vrrp.getSummary()).isEqualTo("VRRP");
    }

    @Test
    void whatTheKernelLostIsNoFlow() {
        GetFlowsResponse response = messages.response(new EventDraft(EventDraft.NOBODY, EventDraft.NOBODY)
                .is(EventKind.LOST, EventVerdict.DROPPED)
                .detail(17, 1, 0, 0)
                .event());

        assertThat(response.hasFlow()).isFalse();
        assertThat(response.getLostEvents().getNumEventsLost()).isEqualTo(17);
        assertThat(response.getLostEvents().getSource()).isEqualTo(LostEventSource.PERF_EVENT_RING_BUFFER);
        assertThat(response.getNodeName()).isEqualTo("default/node1");
    }

    @Test
    void aFlowHasOneNameAndNoOtherHasIt() {
        EventDraft draft = new EventDraft(V4.client, V4.web);
        String name = messages.flow(draft.event()).getUuid();

        assertThat(messages.flow(draft.event()).getUuid()).isEqualTo(name);
        assertThat(messages.flow(draft.tcp(16).event()).getUuid()).isNotEqualTo(name);
        assertThat(messages.flow(draft.tcp(2).time(1_000_000_001L).event()).getUuid())
                .isNotEqualTo(name);
        assertThat(messages.flow(draft.time(1_000_000_000L).at(EventHook.TO_POD).event())
                        .getUuid())
                .isNotEqualTo(name);
    }

    private static String name(Endpoint endpoint) {
        return endpoint.getNamespace() + "/" + endpoint.getPodName() + " " + endpoint.getIdentity();
    }
}
