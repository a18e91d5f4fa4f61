// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.config.Setting;
import io.culvert.cluster.ClusterSource;
import io.culvert.cluster.EventSink;
import io.culvert.cluster.kubernetes.KubernetesConfig;
import io.culvert.cluster.kubernetes.KubernetesSource;
import io.culvert.cluster.manifest.ManifestSource;
import java.net.URI;

/// The source of the wanted state, and where to post Events about it.
record Sources(ClusterSource source, EventSink events) {

    /// @throws StartException if the settings do not say enough to reach it
    static Sources of(Plan plan) {
        if (plan.fromManifests()) {
            return new Sources(
                    new ManifestSource(plan.manifests(), plan.stateDir().manifests()), EventSink.NONE);
        }
        try {
            KubernetesSource source = KubernetesSource.open(new KubernetesConfig(
                    plan.settings().find(Setting.KUBECONFIG).orElse(null),
                    plan.settings().find(Setting.API_SERVER).map(URI::create).orElse(null),
                    plan.nodeName(),
                    plan.settings().get(Setting.POLICY)));
            return new Sources(source, source.events());
        } catch (IllegalArgumentException e) {
            throw new StartException(String.valueOf(e.getMessage()));
        }
    }
}
