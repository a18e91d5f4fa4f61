// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.maps.datapath.Datapath;
import io.culvert.maps.datapath.DatapathConfig;
import io.culvert.maps.datapath.DatapathPins;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// A datapath in the kernel, pinned in a directory of its own, attached to nothing; closing removes it.
public final class PinnedDatapath implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final DatapathConfig config;
    private Datapath datapath;

    public PinnedDatapath() {
        this(Map.of());
    }

    /// @param entries sizes by map
    PinnedDatapath(Map<String, Integer> entries) {
        String name = "culvert-service-lb-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
        config = DatapathConfig.of(Path.of("/sys/fs/bpf", name)).withEntries(entries);
        datapath = Datapath.open(config);
    }

    public Datapath datapath() {
        return datapath;
    }

    ServiceTables tables() {
        return new DatapathTables(datapath);
    }

    /// As when the agent ends and another begins.
    void reopen() {
        datapath.close();
        datapath = Datapath.open(config);
    }

    @Override
    public void close() {
        datapath.close();
        DatapathPins.remove(config.bpffs());
    }
}
