// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static io.culvert.maps.datapath.PodPrograms.DROP;
import static io.culvert.maps.datapath.PodPrograms.PASS;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.DropReason;
import io.culvert.maps.Endpoint;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.PolicyStep;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventLevel;
import io.culvert.maps.event.EventVerdict;
import io.culvert.net.Protocol;
import io.culvert.testkit.KernelTest;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What programs tell of verdicts: which rule gave them, and to whom.
@KernelTest
final class PolicyEventKernelTest extends EventFixture {

    private static final int SET = 3;
    private static final int POD = 1;
    private static final int PEER = 9;

    @BeforeEach
    void begin() {
        log.begin(EventLevel.MAXIMUM);
    }

    private static PolicyTalk fromPod(PolicyNet net) {
        return PolicyTalk.of(Protocol.TCP, net.pod, net.remotePod);
    }

    @ParameterizedTest
    @EnumSource
    void whatARuleAllowsIsToldOnceWithItsNumberAndBothIdentities(PolicyNet net) {
        pods.pod(net.pod, POD, 0, SET);
        pods.identity(net.remotePod, PEER);
        pods.set(SET, true);
        pods.cell(PolicyPeerKey.identity(SET, PEER), PolicyStep.NONE, 0, PolicyStep.NONE);

        assertThat(pods.sends(fromPod(net).opens())).isEqualTo(PASS);

        Event event = log.only();
        assertThat(event.kind()).isEqualTo(EventKind.VERDICT);
        assertThat(event.verdict()).isEqualTo(EventVerdict.FORWARDED);
        assertThat(event.hook()).isEqualTo(EventHook.FROM_POD);
        assertThat(event.rule()).isEqualTo(SET * 1000 + 3);
        assertThat(event.sourceIdentity()).isEqualTo(POD);
        assertThat(event.destinationIdentity()).isEqualTo(PEER);
        assertThat(event.flags()).containsExactly(EventFlag.DIRECTED);
        pods.sends(fromPod(net).asks());
        assertThat(log.take()).isEmpty();
    }

    /// Though nothing is asked for it: see PolicyReopenKernelTest.
    @ParameterizedTest
    @EnumSource
    void aConnectionThatIsOpenedOnceMoreIsToldLikeTheFirst(PolicyNet net) {
        pods.openedNone();
        pods.pod(net.pod, POD, SET, SET);
        pods.identity(net.remotePod, PEER);
        pods.set(SET, true);
        pods.cell(PolicyPeerKey.identity(SET, PEER), PolicyStep.NONE, 0, PolicyStep.NONE);
        for (PolicyTalk talk : List.of(fromPod(net), fromPod(net).reversed())) {
            boolean sent = talk.opener().equals(net.pod);
            byte[] syn = talk.opens();
            assertThat(sent ? pods.sends(syn) : pods.receives(syn)).isEqualTo(PASS);
            Event first = log.only();
            pods.forget(PolicyPeerKey.identity(SET, PEER));

            assertThat(sent ? pods.sends(syn) : pods.receives(syn)).isEqualTo(PASS);

            Event again = log.only();
            assertThat(again.kind()).isEqualTo(EventKind.VERDICT);
            assertThat(again.verdict()).isEqualTo(EventVerdict.FORWARDED);
            assertThat(again.hook()).isEqualTo(first.hook());
            assertThat(again.rule()).isEqualTo(first.rule()).isPositive();
            assertThat(again.sourceIdentity()).isEqualTo(first.sourceIdentity());
            assertThat(again.destinationIdentity()).isEqualTo(first.destinationIdentity());
            assertThat(again.flags()).isEqualTo(first.flags());
            pods.cell(PolicyPeerKey.identity(SET, PEER), PolicyStep.NONE, 0, PolicyStep.NONE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatARuleDeniesIsToldWithItsNumber(PolicyNet net) {
        pods.pod(net.pod, POD, SET, 0);
        pods.identity(net.remotePod, PEER);
        pods.set(SET, false);
        pods.admin(PolicyPeerKey.identity(SET, PEER), PolicyStep.DENY);

        assertThat(pods.receives(fromPod(net).reversed().opens())).isEqualTo(DROP);

        Event event = log.only();
        assertThat(event.kind()).isEqualTo(EventKind.VERDICT);
        assertThat(event.verdict()).isEqualTo(EventVerdict.DROPPED);
        assertThat(event.hook()).isEqualTo(EventHook.TO_POD);
        assertThat(event.reason()).isEqualTo(DropReason.POLICY_DENY.number());
        assertThat(event.rule()).isEqualTo(SET * 1000);
        assertThat(event.sourceIdentity()).isEqualTo(PEER);
        assertThat(event.destinationIdentity()).isEqualTo(POD);
        assertThat(pods.drops(DropReason.POLICY_DENY)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void whatNoRuleAllowsIsToldWithoutOne(PolicyNet net) {
        pods.pod(net.pod, POD, 0, SET);
        pods.set(SET, true);

        assertThat(pods.sends(fromPod(net).opens())).isEqualTo(DROP);

        Event event = log.only();
        assertThat(event.kind()).isEqualTo(EventKind.VERDICT);
        assertThat(event.reason()).isEqualTo(DropReason.POLICY_DENIED.number());
        assertThat(event.rule()).isZero();
        assertThat(pods.drops(DropReason.POLICY_DENIED)).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void whatAuditModeLetsThroughIsToldAsThat(PolicyNet net) {
        pods.pod(net.pod, POD, 0, SET, Endpoint.AUDIT);
        pods.set(SET, true);

        assertThat(pods.sends(fromPod(net).opens())).isEqualTo(PASS);

        Event event = log.only();
        assertThat(event.kind()).isEqualTo(EventKind.VERDICT);
        assertThat(event.verdict()).isEqualTo(EventVerdict.AUDIT);
        assertThat(event.reason()).isEqualTo(DropReason.POLICY_AUDIT.number());
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerToNothingIsADropAndNoVerdict(PolicyNet net) {
        pods.pod(net.pod, POD, SET, 0);
        pods.set(SET, true);

        assertThat(pods.receives(fromPod(net).accepts())).isEqualTo(DROP);

        Event event = log.only();
        assertThat(event.kind()).isEqualTo(EventKind.DROP);
        assertThat(event.reason()).isEqualTo(DropReason.POLICY_NO_STATE.number());
    }

    @ParameterizedTest
    @EnumSource
    void aVerdictAboutAServiceNamesItAndItsBackend(PolicyNet net) {
        var service = pods.tables.service(Protocol.TCP, net.service, 80, PolicyNet.end(net.remotePod, 8080));
        pods.pod(net.pod, POD, 0, SET);
        pods.identity(net.remotePod, PEER);
        pods.set(SET, true);
        pods.cell(PolicyPeerKey.identity(SET, PEER), PolicyStep.NONE, 0, PolicyStep.NONE);

        assertThat(pods.sends(PolicyTalk.of(Protocol.TCP, net.pod, net.service)
                        .toPort(80)
                        .opens()))
                .isEqualTo(PASS);

        Event event = log.only();
        assertThat(event.service()).isEqualTo(service.index());
        assertThat(event.destination().address()).hasToString(net.service);
        assertThat(event.translated().address()).hasToString(net.remotePod);
        assertThat(event.destinationIdentity()).isEqualTo(PEER);
    }

    @ParameterizedTest
    @EnumSource
    void whatAnswersAndWhatEndsAConnectionIsToldOnTheShortWay(PolicyNet net) {
        log.begin(EventLevel.MEDIUM);
        pods.pod(net.pod, POD, SET, 0);
        pods.identity(net.remotePod, PEER);
        pods.set(SET, true);
        pods.cell(PolicyPeerKey.identity(SET, PEER), PolicyStep.NONE, 0, PolicyStep.NONE);
        PolicyTalk talk = fromPod(net).reversed();
        assertThat(pods.receives(talk.opens())).isEqualTo(PASS);
        assertThat(pods.flow(talk).orElseThrow().mark()).isNotZero();
        log.take();

        for (byte[] packet : List.of(talk.accepts(), talk.answersAndCloses())) {
            assertThat(pods.sends(packet)).isEqualTo(PASS);
            assertThat(log.only().hook()).isEqualTo(EventHook.FROM_POD);
        }
        assertThat(pods.receives(talk.resets())).isEqualTo(PASS);
        assertThat(log.only().hook()).isEqualTo(EventHook.TO_POD);
    }
}
