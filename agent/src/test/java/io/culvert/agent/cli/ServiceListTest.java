// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.view.StatusView;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What lists of Services look like, and what else is asked of an agent as a whole.
final class ServiceListTest {

    @RegisterExtension
    private final ListedNode node = new ListedNode();

    @Test
    void aTableHasOneLineForEachBackend() {
        assertThat(node.run("service", "list")).isEqualTo("""
                        Service            Frontend            Service Type   Backend
                        default/web:http   10.96.0.10:80/TCP   ClusterIP      10.1.0.3:8080/TCP (active)
                                                                              10.1.1.4:8080/TCP (terminating)
                        kube-system/dns    [fd00::a]:53/UDP    ClusterIP
                        """);
    }

    @Test
    void wideHasPoliciesAndPlaces() {
        assertThat(node.run("service", "list", "-o", "wide").lines().toList())
                .satisfiesExactly(
                        title -> assertThat(title.split(" {3,}"))
                                .containsExactly(
                                        "Service",
                                        "Frontend",
                                        "Service Type",
                                        "Algorithm",
                                        "Forwarding",
                                        "Traffic Policy",
                                        "Affinity",
                                        "Source Ranges",
                                        "Backend",
                                        "Node",
                                        "Zone"),
                        web -> assertThat(web)
                                .contains("random", "Cluster/Local", "ClientIP")
                                .endsWith("n1     a"),
                        second -> assertThat(second).endsWith("n2     -"),
                        dns -> assertThat(dns).startsWith("kube-system/dns"));
    }

    @Test
    void jsonHasThePromisedShape() {
        assertThat(node.run("service", "list", "-o", "json")).isEqualToIgnoringWhitespace("""
                        [{"namespace":"default","name":"web","portName":"http","type":"ClusterIP",
                         "frontend":{"address":"10.96.0.10","port":80,"protocol":"TCP"},
                         "algorithm":"random","internalTrafficPolicy":"Cluster","externalTrafficPolicy":"Local",
                         "sessionAffinity":"ClientIP",
                         "backends":[
                          {"address":"10.1.0.3","port":8080,"state":"active","node":"n1","zone":"a","local":true,"weight":1},
                          {"address":"10.1.1.4","port":8080,"state":"terminating","node":"n2","zone":null,"local":false,"weight":1}]},
                         {"namespace":"kube-system","name":"dns","portName":"","type":"ClusterIP",
                         "frontend":{"address":"fd00::a","port":53,"protocol":"UDP"},
                         "algorithm":"random","internalTrafficPolicy":"Cluster","externalTrafficPolicy":"Local",
                         "sessionAffinity":"ClientIP","backends":[]}]
                        """);
    }

    @Test
    void yamlHasTheSameKeys() {
        assertThat(node.run("service", "get", "web", "-o", "yaml")).startsWith("""
                        - namespace: default
                          name: web
                          portName: http
                          type: ClusterIP
                          frontend:
                            address: 10.96.0.10
                            port: 80
                            protocol: TCP
                        """);
    }

    @Test
    void aServiceIsFoundByItsNameAndByItsAddress() {
        for (String name :
                List.of("web", "default/web", "default/web:http", "10.96.0.10", "10.96.0.10:80", "10.96.0.10:80/TCP")) {
            assertThat(node.run("service", "get", name))
                    .as(name)
                    .contains("default/web:http")
                    .doesNotContain("dns");
        }
    }

    @Test
    void aServiceThatTheKernelDoesNotHaveIsAFailure() {
        CommandLineRun run = node.ask("service", "get", "nope");

        assertThat(run)
                .isEqualTo(
                        new CommandLineRun(
                                ExitStatus.FAILED,
                                "",
                                "culvert: get service nope: the kernel has no such frontend; culvert service list shows all\n"));
    }

    @Test
    void A14_12_whatIsWrongWithAServiceIsSaidBesideIt() {
        node.troubles = List.of(
                new StatusView.Trouble(
                        "error", "Service default/web", "put TCP 10.96.0.10:81: map frontends is full", ""),
                new StatusView.Trouble(
                        "warning", "Service default/lost", "its address belongs to another", "take another"));

        CommandLineRun run = node.ask("service", "get", "web");
        assertThat(run.status()).isEqualTo(ExitStatus.DONE);
        assertThat(run.out()).contains("default/web:http");
        assertThat(run.err())
                .isEqualTo("culvert: error: Service default/web: put TCP 10.96.0.10:81: map frontends is full\n");

        assertThat(node.ask("service", "get", "lost"))
                .isEqualTo(new CommandLineRun(
                        ExitStatus.FAILED,
                        "",
                        "culvert: get service lost: nothing of it is served: warning: Service default/lost: its address"
                                + " belongs to another; take another\n"));
    }

    @Test
    void backendsAreListedOnce() {
        assertThat(node.run("backend", "list")
                        .lines()
                        .map(line -> line.split(" {3,}"))
                        .toList())
                .containsExactly(
                        new String[] {"Backend", "State", "Node", "Service"},
                        new String[] {"10.1.0.3:8080/TCP", "active", "n1", "default/web:http"},
                        new String[] {"10.1.1.4:8080/TCP", "terminating", "n2", "default/web:http"});
    }

    @Test
    void aStatusHasEveryProblem() {
        assertThat(node.run("status"))
                .contains("Culvert:         Ok   1.2, pid 42, up ", ", ready after 321 ms\n")
                .contains("Services:        2 (2 backends)\n")
                .endsWith("Problems:        error: a.yaml:3: no port; give one\n");
        assertThat(node.run("status", "-o", "json")).contains("\"readyAfterMillis\" : 321");
    }

    @Test
    void A14_04_anAuditListsDifferencesAndItsStatusSaysSo() {
        CommandLineRun table = node.ask("audit");
        assertThat(table.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(table.out().lines().map(line -> line.split(" {3,}")).toList())
                .containsExactly(
                        new String[] {"Map", "Key", "Expected", "Found"},
                        new String[] {"frontends", "TCP 10.96.0.10:80", "service 3, ClusterIP", "nothing"});
        CommandLineRun repair = node.ask("audit", "--repair", "-o", "json");
        assertThat(repair.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(repair.out()).contains("\"compared\" : true", "\"total\" : 1", "\"remaining\" : 0");
        assertThat(repair.err()).contains("1 difference, 0 left after the repair");
    }
}
