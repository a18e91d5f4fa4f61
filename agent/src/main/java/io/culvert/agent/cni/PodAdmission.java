// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cni;

import java.time.Duration;

/// Who knows whether policies are enforced at a pod.
public interface PodAdmission {

    /// Whether a pod may start.
    sealed interface Admission {}

    /// Its policies are enforced.
    record Admitted() implements Admission {}

    /// They are not, or nobody knows.
    ///
    /// @param reason for a person: what is missing
    record Refused(String reason) implements Admission {}

    /// Waits until the policies of a pod are enforced at its interface.
    ///
    /// @param patience after which the pod is refused
    Admission admit(PodSandbox sandbox, Duration patience) throws InterruptedException;

    /// Whether what [#admit] saw still holds.
    Admission check(String containerId);

    /// Forgets a sandbox that is deleted. One that is not known is no error: deletions are repeated.
    void release(String containerId);
}
