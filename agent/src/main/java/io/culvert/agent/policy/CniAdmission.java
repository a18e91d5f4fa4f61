// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.policy;

import io.culvert.agent.cni.PodAdmission;
import io.culvert.agent.cni.PodSandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Lets pods start when their policies are in force.
public final class CniAdmission implements PodAdmission {

    private final NodePolicies policies;
    private final Runnable look;
    private final SandboxFiles files;

    /// @param look has the node's network read soon, and told to `policies`
    /// @param directory where sandboxes are remembered
    public CniAdmission(NodePolicies policies, Runnable look, Path directory) {
        this.policies = policies;
        this.look = look;
        files = new SandboxFiles(directory);
        policies.sandboxes(files.read());
    }

    @Override
    public Admission admit(PodSandbox sandbox, Duration patience) throws InterruptedException {
        files.write(sandbox);
        Optional<String> missing = policies.admit(sandbox, look, patience);
        return answer(missing.map(reason -> reason + " after " + patience.toSeconds() + " s; see culvert status"));
    }

    @Override
    public Admission check(String containerId) {
        return answer(policies.missing(containerId));
    }

    @Override
    public void release(String containerId) {
        policies.release(containerId);
        files.delete(containerId);
    }

    private static Admission answer(Optional<String> missing) {
        return missing.<Admission>map(Refused::new).orElseGet(Admitted::new);
    }
}
