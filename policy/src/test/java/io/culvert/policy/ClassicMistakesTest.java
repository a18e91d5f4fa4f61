// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static io.culvert.policy.RuleDraft.allow;
import static io.culvert.policy.RuleDraft.deny;
import static io.culvert.policy.Written.ipBlock;
import static io.culvert.policy.Written.namespaces;
import static io.culvert.policy.Written.nodes;
import static io.culvert.policy.Written.pods;
import static io.culvert.policy.Written.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.policy.PolicyTier;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import io.culvert.policy.explain.ClassicMistakes;
import io.culvert.policy.explain.ServiceTargets;
import io.culvert.policy.explain.ServiceTargets.Port;
import io.culvert.policy.explain.ServiceTargets.Target;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Warnings about policies that are valid and probably not meant.
final class ClassicMistakesTest {

    /// Port 80 of ClusterIP 10.96.0.10 is port 8080 of pod y/a.
    static final ServiceTargets WEB = service("y/web", "10.96.0.10", 80, "10.0.2.1", 8080);

    private final TestCluster cluster = TestCluster.upstream();

    @Test
    void aClusterIpInABlock() {
        cluster.put(Written.egress(
                "x/out", "", allow().peers(ipBlock("10.96.0.0/12")).ports(tcp(8080))));
        assertThat(warnings(WEB))
                .containsExactly("x/out: egress[0]: to[0] has 10.96.0.10, the ClusterIP of Service y/web; "
                        + "policies see the pod behind it: select its pods");
        cluster.put(Written.ingress("x/out", "", allow().peers(ipBlock("10.96.0.10/32"))));
        assertThat(warnings(WEB))
                .containsExactly("x/out: ingress[0]: from[0] has 10.96.0.10, the ClusterIP of Service y/web; "
                        + "no connection comes from a ClusterIP: select the client's pods");
    }

    @Test
    void aBlockThatHasTheEndpointsAsWellIsMeant() {
        cluster.put(Written.egress("x/out", "", allow().peers(ipBlock("10.0.0.0/8"))));
        assertThat(warnings(WEB)).isEmpty();
    }

    @Test
    void aServicePortWhereThePodListensElsewhere() {
        cluster.put(
                Written.egress("x/out", "", allow().peers(namespaces("ns=y")).ports(tcp(80))));
        String message = "TCP 80 is the port of a Service, and the pods behind it listen at 8080; "
                + "policies see the pod's port: name 8080";
        assertThat(warnings(WEB)).containsExactly("x/out: egress[0]: " + message);
        cluster.removePolicies();
        cluster.put(Written.ingress(
                "y/in", "pod=a", allow().peers(namespaces("ns=x")).ports(tcp(80))));
        assertThat(warnings(WEB)).containsExactly("y/in: ingress[0]: " + message);
    }

    @Test
    void aPortThatPodsListenAtIsMeant() {
        cluster.put(
                Written.egress("x/out", "", allow().peers(namespaces("ns=y")).ports(tcp(80))));
        ServiceTargets direct = service("y/direct", "10.96.0.11", 8000, "10.0.2.2", 80);
        assertThat(warnings(WEB, direct)).isEmpty();
        cluster.put(
                Written.egress("x/out", "", allow().peers(namespaces("ns=y")).ports(tcp(80), tcp(8000, 9000))));
        assertThat(warnings(WEB)).isEmpty();
        cluster.put(
                Written.egress("x/out", "", allow().peers(namespaces("ns=z")).ports(tcp(80))));
        assertThat(warnings(WEB)).isEmpty();
    }

    @Test
    void anEmptyListMeansEveryone() {
        cluster.put(Written.ingress("x/in", "", allow().ports(tcp(80))));
        assertThat(warnings())
                .containsExactly("x/in: ingress[0]: from is empty, which means everyone: pods of all namespaces, "
                        + "and who is no pod");
    }

    @Test
    void selectorsThatMatchNothing() {
        cluster.put(Written.ingress(
                "x/in", "pod=q", allow().peers(pods("pod=r"), namespaces("ns=w"), pods("ns=y", "pod=a"))));
        cluster.put(Written.egress(
                PolicyTier.ADMIN,
                1,
                "adm",
                namespaces("ns=v"),
                deny().peers(nodes("role=db"), pods("ns in (x,y)", "!pod"))));
        assertThat(warnings())
                .containsExactly(
                        "x/in: it selects no pod: there is none like pods pod=q of this namespace",
                        "x/in: ingress[0]: from[0] matches nothing: there are no pods pod=r of this namespace",
                        "x/in: ingress[0]: from[1] matches nothing: there are no all pods of namespaces ns=w",
                        "adm: it selects no pod: there is none like all pods of namespaces ns=v",
                        "adm: egress[0]: to[0] matches nothing: there are no nodes role=db",
                        "adm: egress[0]: to[1] matches nothing: there are no pods !pod of namespaces ns in (x,y)");
    }

    private List<String> warnings(ServiceTargets... services) {
        return ClassicMistakes.of(cluster.inputs(), List.of(services), _ -> true).stream()
                .map(warning -> warning.policy() + ": " + warning.message())
                .toList();
    }

    static ServiceTargets service(String name, String clusterIp, int port, String target, int targetPort) {
        Target only = new Target(IpAddress.of(target), targetPort);
        return new ServiceTargets(
                Written.objectName(name),
                List.of(IpAddress.of(clusterIp)),
                List.of(new Port("", Protocol.TCP, port, List.of(only))));
    }
}
