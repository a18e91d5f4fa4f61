// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.cni.CniPlugin;
import io.culvert.agent.cni.CniServer;
import io.culvert.agent.cni.PluginChain;
import io.culvert.agent.config.PodStart;
import io.culvert.agent.config.Setting;
import io.culvert.agent.policy.CniAdmission;
import io.culvert.agent.policy.NodePolicies;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers the chained CNI plugin, wherever one asks, and puts it into its place where that is wanted.
final class PodStarts {

    private static final Logger LOG = LoggerFactory.getLogger(PodStarts.class);

    /// Less than a container runtime waits for a plugin.
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final String SOCKET = "cni.sock";

    private PodStarts() {}

    /// What holds for pods that start now, for people.
    static String inEffect(Plan plan, boolean asked) {
        PodStart wanted = plan.settings().get(Setting.POD_START);
        return wanted == PodStart.STRICT_CNI && !asked
                ? "as with best-effort: the container runtime does not ask"
                : wanted.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// Whether the runtime's configuration asks the agent, where pods are to wait for it.
    static Optional<PluginChain> chain(Plan plan) {
        return plan.settings().get(Setting.POLICY) && plan.settings().get(Setting.POD_START) == PodStart.STRICT_CNI
                ? Optional.of(new PluginChain(
                        plan.settings().get(Setting.CNI_CONF_DIR), plan.runDir().resolve(SOCKET)))
                : Optional.empty();
    }

    /// @param look has the node's network read soon
    /// @throws StartException if nobody can ask, or the plugin cannot be put into its place
    static CniServer serve(Plan plan, Path runDir, NodePolicies policies, Runnable look) {
        Path socket = runDir.resolve(SOCKET);
        try {
            var admission = new CniAdmission(policies, look, runDir.resolve("sandboxes"));
            CniServer server = new CniServer(socket, admission, PATIENCE);
            try {
                install(plan);
                return server;
            } catch (StartException e) {
                server.close();
                throw e;
            }
        } catch (IOException e) {
            throw new StartException("listen on " + socket + ": " + e.getMessage() + "; choose another --run-dir");
        }
    }

    private static void install(Plan plan) {
        if (plan.settings().get(Setting.POD_START) != PodStart.STRICT_CNI) {
            return;
        }
        Path directory = plan.settings().get(Setting.CNI_BIN_DIR);
        try {
            LOG.info("put {} into its place", CniPlugin.install(directory));
        } catch (IOException e) {
            throw new StartException("put culvert-cni into " + directory + ": " + e
                    + "; name the directory of CNI plugins with --cni-bin-dir, or choose another --pod-start");
        }
    }
}
