// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.AddressKey;
import io.culvert.maps.IpcacheEntry;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.PolicyTables;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.net.IpFamily;
import io.culvert.testkit.LabTest;
import io.culvert.testkit.lab.Dial;
import io.culvert.testkit.lab.ExecResult;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.LabObjects;
import io.culvert.testkit.lab.Outcome;
import io.culvert.testkit.lab.PodAttachment;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Somebody changes the maps of policies behind the agent's back: its explanations say what the programs do, and do
/// not repeat what the agent believes. Pod web lets pod client in, by its second rule.
@LabTest
@SuppressWarnings("NullAway.Init") // set before each test
final class PolicyDisagreementLabTest {

    private static final String POLICY = """
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata: {name: web, namespace: default}
            spec:
              podSelector: {matchLabels: {app: web}}
              ingress:
              - from: [{podSelector: {matchLabels: {app: nobody}}}]
              - from: [{podSelector: {matchLabels: {app: client}}}]
                ports: [{port: 8080, protocol: TCP}]
            """;

    private static final String AGREES = "datapath: agrees";

    private Lab lab;
    private LabNode node;
    private AgentProcess agent;

    @BeforeEach
    void create() {
        lab = Lab.builder()
                .node("n1", PodAttachment.ROUTED, "client", "other", "web")
                .create();
        node = lab.node("n1");
        lab.pod("web").sockets().serve(8080);
        lab.writeManifest("objects.yaml", LabObjects.all(lab));
        lab.writeManifest("policy.yaml", POLICY);
        agent = AgentProcess.start(node);
        assertThat(explain("client").orThrow())
                .contains("8080/TCP: allowed", "NetworkPolicy default/web ingress[1]", AGREES)
                .doesNotContain("which is not");
        assertThat(explain("other").orThrow())
                .contains("8080/TCP: refused", AGREES)
                .doesNotContain("which is not");
        assertThat(connects("client")).isTrue();
        assertThat(connects("other")).isFalse();
    }

    @AfterEach
    void remove() {
        lab.close();
    }

    private ExecResult explain(String client) {
        String from = lab.pod(client).ip(IpFamily.IPV4).toString();
        return agent.verb("policy", "explain", from, "web", "8080/TCP");
    }

    private boolean connects(String client) {
        Dial dial = Dial.to(lab.pod("web").ip(IpFamily.IPV4), 8080).within(Duration.ofMillis(500));
        return lab.pod(client).sockets().tcp(dial) instanceof Outcome.Answer;
    }

    private void change(Consumer<PolicyTables> change) {
        try (MapCatalogue maps = DatapathPins.open(node.bpffs()).orElseThrow()) {
            change.accept(maps.policies());
        }
    }

    private AddressKey address(String pod) {
        return new AddressKey(lab.pod(pod).ip(IpFamily.IPV4));
    }

    /// What the explanation and the sockets say of a client after a change.
    private void assertDisagrees(String client, String policies, String datapath, boolean connects) {
        ExecResult explanation = explain(client);
        assertThat(explanation.output()).contains("8080/TCP: " + policies);
        assertThat(explanation.output().substring(explanation.output().indexOf("ingress of default/web")))
                .contains("datapath: " + datapath + ", which is not what the policies say: see culvert status")
                .doesNotContain(AGREES);
        assertThat(explanation.status()).isEqualTo(1);
        assertThat(connects(client)).isEqualTo(connects);
    }

    @Test
    void anAddressThatLostItsIdentityIsRefused() {
        change(policies -> policies.ipcache().remove(address("client")));

        assertDisagrees("client", "allowed", "refused (isolated)", false);
    }

    @Test
    void anAddressWithTheIdentityOfAnotherIsAllowed() {
        change(policies -> {
            IpcacheEntry allowed = policies.ipcache().get(address("client")).orElseThrow();
            policies.ipcache().put(address("other"), allowed);
        });

        assertDisagrees("other", "refused", "allowed (network policy default/web ingress[1])", true);
    }

    @Test
    void theRightVerdictByAnotherRuleIsADisagreement() {
        change(policies -> {
            var rules = policies.rules();
            int last = 0;
            for (int index = 0; index < rules.maxEntries(); index++) {
                last = Math.max(last, rules.get(index));
            }
            // What the first rule is counted by, in the place of the second.
            for (int index = 0; index < rules.maxEntries(); index++) {
                if (rules.get(index) == last) {
                    rules.set(index, last - 1);
                }
            }
        });

        assertDisagrees("client", "allowed", "allowed (network policy default/web ingress[0])", true);
    }

    @Test
    void programsThatNoPacketIsLedToRefuseNothing() {
        String tails = node.bpffs().resolve("maps/policy_tails").toString();
        node.exec("bpftool", "map", "delete", "pinned", tails, "key", "hex", "01", "00", "00", "00")
                .orThrow();

        assertDisagrees("other", "refused", "allowed (packets are not led to the programs of policies)", true);
    }
}
