// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.maps.FrontendKey;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.ServiceWord;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.net.Protocol;
import java.nio.file.Path;
import java.time.Duration;

/// Sees in mapped memory when the kernel's view of a Service changes, without a system call.
///
/// @param maps pinned by an agent
record KernelWatch(MapCatalogue maps) implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    static KernelWatch open(Path bpffs) {
        return new KernelWatch(DatapathPins.open(bpffs).orElseThrow());
    }

    /// Milliseconds from before `change` to the publication of another extent for the Service.
    double millisUntilChanged(BenchService service, Runnable change) {
        FrontendKey key = new FrontendKey(service.clusterIp(), service.port(), Protocol.TCP);
        int index = maps.frontends().get(key).orElseThrow().service();
        ServiceWord before = maps.services().get(index);
        long start = System.nanoTime();
        change.run();
        while (maps.services().get(index).equals(before)) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new IllegalStateException(service.name() + " did not change in the kernel");
            }
            Thread.onSpinWait();
        }
        return (System.nanoTime() - start) / 1e6;
    }

    /// How many backends the kernel has for a Service.
    int backends(BenchService service) {
        FrontendKey key = new FrontendKey(service.clusterIp(), service.port(), Protocol.TCP);
        return maps.services()
                .get(maps.frontends().get(key).orElseThrow().service())
                .count();
    }

    @Override
    public void close() {
        maps.close();
    }
}
