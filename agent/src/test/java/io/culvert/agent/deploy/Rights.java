// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.deploy;

import static io.culvert.agent.deploy.DeployedManifest.texts;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.testkit.fakeapi.Request;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// What a ClusterRole allows, and which right a request needs, by the rules of the API server's RBAC authorizer
/// (kubernetes.io/docs/reference/access-authn-authz).
///
/// @param rights such as `discovery.k8s.io/endpointslices list`, or `/pods watch` for the core group
public record Rights(Set<String> rights) {

    static Rights of(JsonNode role) {
        Set<String> rights = new TreeSet<>();
        for (JsonNode rule : role.path("rules")) {
            for (String group : texts(rule.path("apiGroups"))) {
                for (String resource : texts(rule.path("resources"))) {
                    texts(rule.path("verbs")).forEach(verb -> rights.add(group + "/" + resource + " " + verb));
                }
            }
        }
        return new Rights(rights);
    }

    /// The least rights that allow these requests.
    public static Rights neededBy(List<Request> requests) {
        Set<String> rights = new TreeSet<>();
        requests.forEach(request -> rights.add(neededBy(request)));
        return new Rights(rights);
    }

    public boolean allow(Request request) {
        return rights.contains(neededBy(request));
    }

    /// Of requests for collections, and of patches of a status, which is all that the agent sends.
    private static String neededBy(Request request) {
        List<String> path = List.of(request.path().substring(1).split("/"));
        // /api/v1/pods, /apis/GROUP/v1/things, either with namespaces/NAME before the resource
        String group = path.getFirst().equals("api") ? "" : path.get(1);
        String verb = switch (request.method()) {
            case "GET" -> request.watch() ? "watch" : "list";
            case "POST" -> "create";
            default -> request.method().toLowerCase(Locale.ROOT);
        };
        if (verb.equals("patch")) {
            // .../things/NAME/status
            return group + "/" + path.get(path.size() - 3) + "/" + path.getLast() + " " + verb;
        }
        return group + "/" + path.getLast() + " " + verb;
    }
}
