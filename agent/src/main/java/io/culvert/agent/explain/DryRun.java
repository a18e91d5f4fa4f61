// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.explain;

import io.culvert.agent.control.PolicyQueries.Question;
import io.culvert.agent.control.UnknownObjectException;
import io.culvert.cluster.ClusterObject;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.manifest.Manifest;
import io.culvert.cluster.policy.ClusterNetworkPolicy;
import io.culvert.cluster.policy.NetworkPolicy;
import io.culvert.policy.PolicyInputs;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// The cluster with more policies, or other ones.
final class DryRun {

    private DryRun() {}

    /// @param notes what of the file counts is added
    /// @throws UnknownObjectException if the file is not good
    static PolicyInputs of(PolicyInputs inputs, Question question, List<String> notes) {
        Manifest manifest = Manifest.read(question.file(), question.manifests());
        if (!manifest.problems().isEmpty()) {
            throw new UnknownObjectException(
                    "read " + manifest.problems().getFirst().toString());
        }
        var namespaced = new TreeMap<ObjectName, NetworkPolicy>();
        inputs.networkPolicies().forEach(policy -> namespaced.put(policy.name(), policy));
        var ofCluster = new TreeMap<String, ClusterNetworkPolicy>();
        inputs.clusterNetworkPolicies().forEach(policy -> ofCluster.put(policy.name(), policy));
        List<String> changed = new ArrayList<>();
        for (ClusterObject object : manifest.objects()) {
            String verb = null;
            if (object instanceof NetworkPolicy policy) {
                verb = namespaced.put(policy.name(), policy) == null ? "with " : "with another ";
            } else if (object instanceof ClusterNetworkPolicy policy) {
                verb = ofCluster.put(policy.name(), policy) == null ? "with " : "with another ";
            }
            if (verb != null) {
                changed.add(verb + object.kind().apiName() + " " + object.objectName());
            }
        }
        if (changed.isEmpty()) {
            throw new UnknownObjectException("read " + question.file()
                    + ": there is no policy in it; give a file with a NetworkPolicy or ClusterNetworkPolicy");
        }
        notes.add("as if, " + String.join(", ", changed) + "; nothing is applied, and the datapath is not asked");
        return new PolicyInputs(
                inputs.namespaces(),
                inputs.pods(),
                inputs.nodes(),
                List.copyOf(namespaced.values()),
                List.copyOf(ofCluster.values()),
                inputs.localPods());
    }
}
