// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.datapath.PodPrograms.DROP;
import static io.culvert.maps.datapath.PodPrograms.PASS;
import static io.culvert.testkit.packet.PacketAssert.assertThatPacket;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.DropReason;
import io.culvert.maps.Endpoint;
import io.culvert.maps.PolicyControl;
import io.culvert.maps.PolicyFlow;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// A client that comes again from the same port: what its pods were asked at this epoch holds, and nothing else that is
/// remembered. That nobody is asked shows by rules that go behind the programs' back.
@KernelTest
final class PolicyReopenKernelTest extends PolicyPodsFixture {

    private static final int PEER = 9;

    private static void allow(PolicyNet net) {
        isolate(net);
        for (int set : List.of(INGRESS, EGRESS)) {
            pods.allow(PolicyPeerKey.identity(set, PEER), 0, PolicyPods.END - 1);
        }
    }

    private static void denyFromNowOn() {
        for (int set : List.of(INGRESS, EGRESS)) {
            pods.forget(PolicyPeerKey.identity(set, PEER));
        }
    }

    private static int opens(PolicyNet net, PolicyTalk talk) {
        return talk.opener().equals(net.pod) ? pods.sends(talk.opens()) : pods.receives(talk.opens());
    }

    private static List<PolicyTalk> bothWays(PolicyNet net) {
        return List.of(
                PolicyTalk.of(Protocol.TCP, net.pod, net.remotePod),
                PolicyTalk.of(Protocol.TCP, net.remotePod, net.pod));
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsAskedOnceMoreHoweverLongAgoItWas(PolicyNet net) {
        for (PolicyTalk talk : bothWays(net)) {
            pods.clear();
            allow(net);
            assertThat(opens(net, talk)).isEqualTo(PASS);
            PolicyFlow first = pods.flow(talk).orElseThrow();
            PolicyFlow.Side asked = talk.opener().equals(net.pod) ? first.egress() : first.ingress();
            pods.receives(talk.opener().equals(net.pod) ? talk.answersAndCloses() : talk.closes());
            pods.sends(talk.opener().equals(net.pod) ? talk.closes() : talk.answersAndCloses());
            assertThat(pods.flow(talk).orElseThrow().state()).isNotEqualTo(first.state());
            denyFromNowOn();
            pods.age(talk, 3600);
            long before = pods.counted(asked.rule()).packets();

            assertThat(opens(net, talk)).isEqualTo(PASS);

            PolicyFlow again = pods.flow(talk).orElseThrow();
            assertThat(again.state()).as("nothing of how the first one ended").isEqualTo(first.state());
            assertThat(again.seen()).isGreaterThanOrEqualTo(first.seen());
            assertThat(again.egress()).isEqualTo(first.egress());
            assertThat(again.ingress()).isEqualTo(first.ingress());
            assertThat(pods.counted(asked.rule()).packets() - before).isEqualTo(1);
            pods.nextEpoch();
            assertThat(opens(net, talk)).as("at another epoch").isEqualTo(DROP);
        }
    }

    /// Both pods are on this node, and both were asked.
    @ParameterizedTest
    @EnumSource
    void whoWasTheTargetIsAskedWhereItOpensOne(PolicyNet net) {
        int closed = 5;
        isolate(net);
        pods.set(closed, true);
        pods.pod(net.otherPod, 2, INGRESS, closed);
        pods.allow(PolicyPeerKey.identity(EGRESS, 2), 0, PolicyPods.END - 1);
        pods.allow(PolicyPeerKey.identity(INGRESS, 1), 0, PolicyPods.END - 1);
        PolicyTalk talk = PolicyTalk.of(Protocol.TCP, net.pod, net.otherPod);
        assertThat(pods.sends(talk.opens())).isEqualTo(PASS);
        assertThat(pods.receives(talk.opens())).isEqualTo(PASS);

        assertThat(pods.sends(talk.reversed().opens())).isEqualTo(DROP);
        assertThat(pods.receives(talk.reversed().opens())).isEqualTo(DROP);
    }

    @ParameterizedTest
    @EnumSource
    void eachConnectionThatAuditModeLetsThroughIsCounted(PolicyNet net) {
        for (PolicyTalk talk : bothWays(net)) {
            pods.clear();
            pods.set(INGRESS, true);
            pods.set(EGRESS, true);
            pods.pod(net.pod, 1, INGRESS, EGRESS, Endpoint.AUDIT);

            for (int connection = 1; connection <= 3; connection++) {
                assertThat(opens(net, talk)).isEqualTo(PASS);
                assertThat(pods.drops(DropReason.POLICY_AUDIT)).isEqualTo(connection);
            }
        }
    }

    /// The pod that opens it is audited, the one that it is opened to is not.
    @ParameterizedTest
    @EnumSource
    void eachIsCountedThoughTheOtherPodAllowsIt(PolicyNet net) {
        pods.set(EGRESS, true);
        pods.set(INGRESS, true);
        pods.pod(net.pod, 1, 0, EGRESS, Endpoint.AUDIT);
        pods.pod(net.otherPod, 2, INGRESS, 0);
        pods.allow(PolicyPeerKey.identity(INGRESS, 1), 0, PolicyPods.END - 1);
        PolicyTalk talk = PolicyTalk.of(Protocol.TCP, net.pod, net.otherPod);

        for (int connection = 1; connection <= 3; connection++) {
            assertThat(pods.sends(talk.opens())).isEqualTo(PASS);
            assertThat(pods.receives(talk.opens())).isEqualTo(PASS);
            assertThat(pods.drops(DropReason.POLICY_AUDIT)).isEqualTo(connection);
        }
    }

    /// A process of this node may do what its pods may not.
    @ParameterizedTest
    @EnumSource
    void whatTheNodeOpenedIsNothingThatSomebodyElseMayOpen(PolicyNet net) {
        isolate(net);
        PolicyTalk talk = PolicyTalk.of(Protocol.TCP, net.remotePod, net.pod);
        assertThat(pods.receivesFromNode(talk.opens())).isEqualTo(PASS);

        assertThat(pods.receives(talk.opens())).isEqualTo(DROP);
    }

    @ParameterizedTest
    @EnumSource
    void strictModeAsksAgain(PolicyNet net) {
        for (PolicyTalk talk : bothWays(net)) {
            pods.clear();
            allow(net);
            pods.control(PolicyControl.STRICT);
            assertThat(opens(net, talk)).isEqualTo(PASS);
            denyFromNowOn();

            assertThat(opens(net, talk)).isEqualTo(DROP);
        }
    }

    /// The same ends may be those of a translated connection meanwhile, which its own entry knows.
    @ParameterizedTest
    @EnumSource
    void whereSomethingWasTranslatedMeanwhileTheyAreAsked(PolicyNet net) {
        for (PolicyTalk talk : bothWays(net)) {
            pods.clear();
            allow(net);
            assertThat(opens(net, talk)).isEqualTo(PASS);
            denyFromNowOn();
            pods.openedSome();

            assertThat(opens(net, talk)).isEqualTo(DROP);
        }
    }

    /// A Service has come whose address is the one that was dialled.
    @ParameterizedTest
    @EnumSource
    void aServiceIsReachedWhereThereWasNoneBefore(PolicyNet net) {
        allow(net);
        pods.identity(net.service, PEER);
        PolicyTalk talk = PolicyTalk.of(Protocol.TCP, net.pod, net.service);
        assertThat(pods.sends(talk.opens())).isEqualTo(PASS);
        pods.node.tables.service(Protocol.TCP, net.service, 80, PolicyNet.end(net.remotePod, 8080));

        assertThat(pods.sends(talk.opens())).isEqualTo(PASS);

        assertThatPacket(pods.packet()).hasDestination(net.remotePod, 8080);
    }

    /// What is known of a connection's translation says nothing of its policies.
    @ParameterizedTest
    @EnumSource
    void whoWasNeverAskedIsAsked(PolicyNet net) {
        isolate(net);
        for (PolicyTalk talk : bothWays(net)) {
            assertThat(opens(net, talk)).isEqualTo(DROP);
        }
    }
}
