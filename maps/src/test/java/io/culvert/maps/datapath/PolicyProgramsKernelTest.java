// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.loader.InvalidObjectException;
import io.culvert.maps.AddressKey;
import io.culvert.maps.Endpoint;
import io.culvert.maps.EndpointKey;
import io.culvert.maps.EndpointSets;
import io.culvert.maps.EndpointSide;
import io.culvert.maps.IpcacheEntry;
import io.culvert.maps.PolicyCidrKey;
import io.culvert.maps.PolicyControl;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.PolicyPorts;
import io.culvert.maps.PolicySetEntry;
import io.culvert.maps.PolicyStep;
import io.culvert.maps.PolicyTables;
import io.culvert.maps.Tables;
import io.culvert.maps.datapath.PolicyAnswer.Reason;
import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.testkit.KernelTest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Policies are asked or not, and the probe reads the maps.
@KernelTest
final class PolicyProgramsKernelTest {

    private static final int TCP = 6;

    @AutoClose
    private final DatapathPlace place = new DatapathPlace();

    @Test
    void nothingIsAskedUntilSomebodySaysSo() {
        try (Datapath datapath = Datapath.open(place.config())) {
            assertThat(datapath.policies().areEnforced()).isFalse();
            assertThat(tails(datapath)).containsExactly(0, 0, 0);
            datapath.policies().enforce(true);
            assertThat(datapath.policies().areEnforced()).isTrue();
            assertThat(tails(datapath)).doesNotContain(0).doesNotHaveDuplicates();
            datapath.policies().enforce(false);
            assertThat(tails(datapath)).containsExactly(0, 0, 0);
        }
    }

    @Test
    void C3_07_policiesAreAskedWhileTheAgentIsAwayAndByTheNextOnesPrograms() {
        List<Integer> before;
        try (Datapath datapath = Datapath.open(place.config())) {
            datapath.policies().enforce(true);
            before = tails(datapath);
        }
        try (Datapath datapath = Datapath.open(place.config())) {
            assertThat(datapath.policies().areEnforced()).isTrue();
            assertThat(tails(datapath)).doesNotContain(0).doesNotContainAnyElementsOf(before);
        }
    }

    @Test
    void growthAndOtherSettingsBringOtherPrograms() {
        try (Datapath datapath = Datapath.open(place.config())) {
            datapath.policies().enforce(true);
            List<Integer> before = tails(datapath);
            datapath.ensure(Map.of("policy_sets", 20_000));
            assertThat(datapath.maps().policies().sets().maxEntries()).isEqualTo(32_768);
            List<Integer> grown = tails(datapath);
            assertThat(grown).doesNotContain(0).doesNotContainAnyElementsOf(before);
            datapath.configure(DatapathSettings.DEFAULT.withTcpPeerName(false));
            assertThat(tails(datapath)).doesNotContain(0).doesNotContainAnyElementsOf(grown);
        }
    }

    @Test
    void whatIsBrokenIsToldByWhoeverNeedsItFirst() {
        Datapath.open(place.config()).close();
        byte[] other = ObjectSource.builtIn().object("sock_lb");
        ObjectSource broken = name -> name.equals("policy")
                ? Arrays.copyOf(other, other.length / 2)
                : ObjectSource.builtIn().object(name);
        // No policies, nothing broken.
        try (Datapath datapath = Datapath.open(config(broken))) {
            assertThatThrownBy(() -> datapath.policies().load())
                    .isInstanceOf(InvalidObjectException.class)
                    .hasMessageStartingWith("open object policy: ");
            assertThatThrownBy(() -> datapath.policies().enforce(true)).isInstanceOf(InvalidObjectException.class);
            assertThat(datapath.policies().areEnforced()).isFalse();
            // The other programs are none the worse for it.
            datapath.configure(DatapathSettings.DEFAULT.withTcpPeerName(false));
        }
        try (Datapath datapath = Datapath.open(place.config())) {
            datapath.policies().enforce(true);
            assertThat(tails(datapath)).doesNotContain(0);
        }
        // Whoever takes enforced policies over must be able to enforce them.
        assertThatThrownBy(() -> Datapath.open(config(broken)).close()).isInstanceOf(InvalidObjectException.class);
    }

    private DatapathConfig config(ObjectSource objects) {
        return new DatapathConfig(place.bpffs, objects, Map.of(), DatapathSettings.DEFAULT);
    }

    @Test
    void theMapsSayWhetherPacketsAreAskedAboutWhateverElseTheySay() {
        try (Datapath datapath = Datapath.open(place.config())) {
            PolicyTables tables = datapath.maps().policies();
            tables.flags(PolicyControl.STRICT);
            datapath.policies().enforce(true);
            assertThat(tables.control().get(0).flags()).isEqualTo(PolicyControl.STRICT | PolicyControl.ENFORCED);
            tables.flags(PolicyControl.ALLOW_ECHO);
            assertThat(tables.control().get(0).flags()).isEqualTo(PolicyControl.ALLOW_ECHO | PolicyControl.ENFORCED);
            datapath.policies().enforce(false);
            assertThat(tables.control().get(0).flags()).isEqualTo(PolicyControl.ALLOW_ECHO);
            datapath.policies().enforce(true);
            // As an agent left it that did not know of it.
            tables.enforced(false);
        }
        try (Datapath datapath = Datapath.open(place.config())) {
            assertThat(datapath.maps().policies().control().get(0).flags())
                    .isEqualTo(PolicyControl.ALLOW_ECHO | PolicyControl.ENFORCED);
        }
    }

    @Test
    void nothingIsAskedAfterCleanup() {
        try (Datapath datapath = Datapath.open(place.config())) {
            datapath.policies().enforce(true);
        }
        DatapathPins.remove(place.bpffs);
        try (Datapath datapath = Datapath.open(place.config())) {
            assertThat(datapath.policies().areEnforced()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.0.2, 10.1.0.3, 80, true, NETWORK_POLICY, 11, 7, 0",
        "10.1.0.2, 10.1.0.3, 81, false, ISOLATED, 0, 7, 0",
        "10.1.0.2, 10.9.0.1, 80, false, ADMIN, 10, 0, 4",
        "10.1.0.2, 10.9.0.1, 79, false, ISOLATED, 0, 0, 4",
        "10.1.0.2, 10.9.0.7, 80, false, ISOLATED, 0, 0, 5",
        "10.1.0.2, 10.9.0.8, 80, false, ISOLATED, 0, 0, 6",
        "10.1.0.2, 192.0.2.9, 80, false, ISOLATED, 0, 0, 0",
        "10.1.0.2, 192.0.2.9, 443, true, NETWORK_POLICY, 12, 0, 0",
        "10.1.0.2, 10.1.0.3, 443, false, ISOLATED, 0, 7, 0",
        "10.1.0.2, 10.1.0.2, 1, true, ITSELF, 0, 0, 0",
        "10.1.0.3, 10.1.0.2, 1, true, DEFAULT, 0, 0, 0",
        "10.1.0.9, 10.1.0.2, 1, true, UNKNOWN_POD, 0, 0, 0"
    })
    void theProbeTellsVerdictReasonAndRule(
            String source,
            String destination,
            int port,
            boolean allowed,
            Reason reason,
            int rule,
            int identity,
            int cidrClass) {
        try (Datapath datapath = Datapath.open(place.config())) {
            PolicyQuestion question =
                    new PolicyQuestion(true, IpAddress.of(source), IpAddress.of(destination), TCP, port);
            assertThat(datapath.policies().ask(question).reason()).isEqualTo(Reason.NOTHING_PUBLISHED);
            write(datapath.maps().policies());
            assertThat(datapath.policies().ask(question))
                    .isEqualTo(new PolicyAnswer(allowed, reason, rule, identity, cidrClass));
        }
    }

    /// On side 1: pod 10.1.0.2 is isolated for egress. Identity 7 on port 80, anybody without an identity of their own
    /// on 443; the admin tier denies class 4 port 80 and above.
    private static void write(PolicyTables tables) {
        tables.endpoints()
                .put(
                        EndpointKey.of(IpAddress.of("10.1.0.2")),
                        new Endpoint(
                                new EndpointSide(1, EndpointSets.NONE),
                                new EndpointSide(1, new EndpointSets(0, 3)),
                                0));
        tables.endpoints().put(EndpointKey.of(IpAddress.of("10.1.0.3")), Endpoint.of(2, EndpointSets.NONE, 0));
        tables.ipcache().put(new AddressKey(IpAddress.of("10.1.0.3")), new IpcacheEntry(5, 7));
        tables.cidrs().put(PolicyCidrKey.of(1, IpPrefix.parse("10.9.0.0/16").orElseThrow()), 4);
        // One address is its own class; the hash comes before the trie, whatever that has.
        tables.hosts().put(PolicyCidrKey.of(1, IpPrefix.parse("10.9.0.7/32").orElseThrow()), 5);
        tables.cidrs().put(PolicyCidrKey.of(1, IpPrefix.parse("10.9.0.7/32").orElseThrow()), 4);
        tables.cidrs().put(PolicyCidrKey.of(1, IpPrefix.parse("10.9.0.8/32").orElseThrow()), 6);
        tables.hosts().put(PolicyCidrKey.of(0, IpPrefix.parse("10.9.0.1/32").orElseThrow()), 7);
        tables.sets().set(3, new PolicySetEntry(PolicySetEntry.USED | PolicySetEntry.ISOLATED, 100, 1, 3));
        tables.peers().put(PolicyPeerKey.identity(3, 7), new PolicyPorts(10, 3, 0));
        tables.peers().put(PolicyPeerKey.anyone(3), new PolicyPorts(20, 3, 0));
        tables.peers().put(PolicyPeerKey.cidrClass(3, 4), new PolicyPorts(30, 2, 0));
        int none = PolicyStep.NONE;
        tables.steps().set(10, new PolicyStep(0, none, none, none));
        tables.steps().set(11, new PolicyStep(80, none, 0, none));
        tables.steps().set(12, new PolicyStep(81, none, none, none));
        tables.steps().set(20, new PolicyStep(0, none, none, none));
        tables.steps().set(21, new PolicyStep(443, none, 1, none));
        tables.steps().set(22, new PolicyStep(444, none, none, none));
        tables.steps().set(30, new PolicyStep(0, none, none, none));
        tables.steps().set(31, new PolicyStep(80, PolicyStep.ranked(0, PolicyStep.DENY), none, none));
        tables.rules().set(100, 10);
        tables.rules().set(101, 11);
        tables.rules().set(102, 12);
        tables.control().set(0, new PolicyControl(1, 0));
    }

    /// Ids of the programs in the slots, 0 where there is none.
    private static List<Integer> tails(Datapath datapath) {
        return PolicyTails.ids(datapath.maps().map(Tables.POLICY_TAILS).orElseThrow());
    }
}
