// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.datapath.Datapath;
import io.culvert.maps.datapath.DatapathConfig;
import io.culvert.maps.datapath.DatapathPins;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/// A datapath in the kernel, pinned in a directory of its own, attached to nothing, and a publisher;
/// closing removes it.
final class PinnedPolicies implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final DatapathConfig config = DatapathConfig.of(
            Path.of("/sys/fs/bpf", "culvert-policy-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet()));
    private Datapath datapath = Datapath.open(config);
    private Publisher publisher = publisher();

    Datapath datapath() {
        return datapath;
    }

    Path bpffs() {
        return config.bpffs();
    }

    private Publisher publisher() {
        return new Publisher(new DatapathTarget(datapath), System::nanoTime);
    }

    Publisher current() {
        return publisher;
    }

    /// As when the agent ends and another begins.
    void reopen() {
        datapath.close();
        datapath = Datapath.open(config);
        publisher = publisher();
    }

    @Override
    public void close() {
        datapath.close();
        DatapathPins.remove(config.bpffs());
    }
}
