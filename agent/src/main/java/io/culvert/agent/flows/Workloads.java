// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.flows;

import io.culvert.observability.names.Party.Workload;
import java.util.List;
import java.util.Map;

/// What made a pod, by the labels that controllers of Kubernetes give to their pods. Owner references would say it of
/// all others too, at the cost of keeping them for every pod of the cluster.
final class Workloads {

    private static final String TEMPLATE_HASH = "pod-template-hash";
    private static final String REVISION_HASH = "controller-revision-hash";
    private static final String ORDINAL = "statefulset.kubernetes.io/pod-name";
    private static final List<String> JOB = List.of("batch.kubernetes.io/job-name", "job-name");

    private Workloads() {}

    /// @param pod its name
    static List<Workload> of(String pod, Map<String, String> labels) {
        for (String key : JOB) {
            String job = labels.get(key);
            if (job != null) {
                return List.of(new Workload("Job", job));
            }
        }
        String hash = labels.get(TEMPLATE_HASH);
        int replicaSet = hash == null ? -1 : pod.lastIndexOf("-" + hash + "-");
        if (replicaSet > 0) {
            return List.of(new Workload("Deployment", pod.substring(0, replicaSet)));
        }
        int end = pod.lastIndexOf('-');
        if (end > 0 && labels.containsKey(ORDINAL)) {
            return List.of(new Workload("StatefulSet", pod.substring(0, end)));
        }
        return end > 0 && labels.containsKey(REVISION_HASH)
                ? List.of(new Workload("DaemonSet", pod.substring(0, end)))
                : List.of();
    }
}
