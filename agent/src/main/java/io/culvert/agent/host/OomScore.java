// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.host;

import io.culvert.agent.config.Setting;
import io.culvert.agent.config.Settings;
import java.nio.file.Path;

/// Protects the agent when memory is short: it is small, and a pod that is killed comes back sooner than a node's
/// Services (proc_pid_oom_score_adj(5)).
public final class OomScore {

    private OomScore() {}

    /// Sets it for this process. A failure is logged.
    public static void apply(Settings settings) {
        new HostFile(Path.of("/proc/self/oom_score_adj")).set(settings.get(Setting.OOM_SCORE_ADJ));
    }
}
