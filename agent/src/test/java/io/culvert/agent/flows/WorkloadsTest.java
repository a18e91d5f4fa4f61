// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.flows;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.observability.names.Party.Workload;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkloadsTest {

    @Test
    void controllersAreKnownByTheirLabels() {
        assertThat(Workloads.of("web-6d4cf56db6-x8k2p", Map.of("pod-template-hash", "6d4cf56db6")))
                .containsExactly(new Workload("Deployment", "web"));
        assertThat(Workloads.of(
                        "db-0",
                        Map.of("controller-revision-hash", "db-1", "statefulset.kubernetes.io/pod-name", "db-0")))
                .containsExactly(new Workload("StatefulSet", "db"));
        assertThat(Workloads.of("agent-4xz2v", Map.of("controller-revision-hash", "65b7c9", "k8s-app", "agent")))
                .containsExactly(new Workload("DaemonSet", "agent"));
        assertThat(Workloads.of("backup-29-abcde", Map.of("batch.kubernetes.io/job-name", "backup-29")))
                .containsExactly(new Workload("Job", "backup-29"));
    }

    @Test
    void othersHaveNone() {
        assertThat(Workloads.of("web", Map.of("app", "web"))).isEmpty();
        assertThat(Workloads.of("web-1", Map.of("pod-template-hash", "other"))).isEmpty();
    }
}
