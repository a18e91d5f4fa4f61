// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Sockets that never stop asking, for tests that disturb what is under them.
public final class Load implements AutoCloseable {

    private final LabSockets sockets;
    private final int handle;
    private final Duration patience;

    Load(LabSockets sockets, int handle, Duration patience) {
        this.sockets = sockets;
        this.handle = handle;
        this.patience = patience;
    }

    /// What was met so far.
    public LoadReport report() {
        return sockets.loadReport("load_report", handle, patience);
    }

    /// Waits until `rounds` more questions were answered than now.
    ///
    /// @throws LabException with the report if they are not in time
    public Load awaitRounds(int rounds, Duration time) {
        awaitRounds(List.of(this), rounds, time);
        return this;
    }

    /// Waits until each of several loads had `rounds` more questions answered than now.
    ///
    /// @throws LabException with the report of a load that stands still
    public static void awaitRounds(Collection<Load> loads, int rounds, Duration time) {
        Map<Load, Integer> targets = new LinkedHashMap<>();
        loads.forEach(load -> targets.put(load, load.report().rounds() + rounds));
        targets.forEach((load, target) -> Waiting.until(
                time,
                () -> load.report().rounds() >= target,
                () -> "the load stands still before round " + target + ": " + load.report()));
    }

    /// Lets each socket finish its question, and ends.
    public LoadReport stop() {
        return sockets.loadReport("load_stop", handle, patience);
    }

    @Override
    public void close() {
        stop();
    }
}
