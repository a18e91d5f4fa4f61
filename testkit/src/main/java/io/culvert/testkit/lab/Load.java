// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import java.time.Duration;

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
        int target = report().rounds() + rounds;
        Waiting.until(
                time,
                () -> report().rounds() >= target,
                () -> "the load stands still before round " + target + ": " + report());
        return this;
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
