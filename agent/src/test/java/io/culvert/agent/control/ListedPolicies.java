// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.culvert.agent.view.EndpointRow;
import io.culvert.agent.view.ExplainView;
import io.culvert.agent.view.ExplainView.Answer;
import io.culvert.agent.view.IdentityRow;
import io.culvert.agent.view.IpcacheRow;
import io.culvert.agent.view.PolicyRow;
import java.util.List;
import java.util.Map;

/// Answers in which no two fields are alike, so that none can take another's place.
final class ListedPolicies implements PolicyQueries {

    @Override
    public List<PolicyRow> list(String namespace, String name) {
        return List.of(new PolicyRow(
                namespace,
                name,
                "NetworkPolicy",
                "Admin",
                7,
                "pods app=web",
                2,
                List.of("ingress", "egress"),
                List.of(
                        new PolicyRow.Rule("ingress[0]", "first", "allows", 3L, 180L),
                        new PolicyRow.Rule("egress[0]", "", "denies", null, null)),
                12,
                "enforced on 2 pods",
                List.of("it selects no pod")));
    }

    @Override
    public ExplainView explain(Question question) {
        Answer answer = new Answer(
                "ingress", "y/b", true, false, "isolated", "y/in ingress[1]", "reason", List.of("miss"), "agrees");
        Answer other = new Answer("egress", "x/a", false, true, "default", "", question.toString(), List.of(), "");
        return new ExplainView(
                List.of(new ExplainView.Path(
                        "10.0.0.1", "x/a", "10.0.0.2", "y/b", "TCP", 80, true, List.of(other, answer))),
                List.of("warning"),
                List.of("note"));
    }

    @Override
    public List<EndpointRow> endpoints() {
        return List.of(new EndpointRow(
                77,
                "x",
                "a",
                List.of("10.0.0.1", "fd00::1"),
                "isolated",
                "open",
                List.of("x/in"),
                List.of("x/out", "adm"),
                List.of(4, 5),
                true));
    }

    @Override
    public List<IdentityRow> identities() {
        return List.of(new IdentityRow(4, "x", Map.of("team", "a"), Map.of("app", "web"), List.of("http:80/TCP"), 9));
    }

    @Override
    public List<IpcacheRow> ipcache(String address) {
        return List.of(new IpcacheRow(address, 4, "x/a"));
    }
}
