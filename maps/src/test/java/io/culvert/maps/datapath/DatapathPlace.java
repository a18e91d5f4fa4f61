// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/// A pin directory and a cgroup of one test; closing removes both.
final class DatapathPlace implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    final Path bpffs;
    final Path cgroup;

    DatapathPlace() {
        String name = "culvert-maps-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
        bpffs = Path.of("/sys/fs/bpf", name);
        Path unified = Path.of("/sys/fs/cgroup/unified");
        cgroup = (Files.isDirectory(unified) ? unified : Path.of("/sys/fs/cgroup")).resolve(name);
        try {
            Files.createDirectory(cgroup);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    DatapathConfig config() {
        return DatapathConfig.of(bpffs);
    }

    /// Pins another map under the name of one.
    void replace(String map, BpfMap other) {
        Path pin = bpffs.resolve("maps").resolve(map);
        try {
            Files.delete(pin);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        other.pin(pin);
    }

    @Override
    public void close() {
        DatapathPins.remove(bpffs);
        try {
            Files.deleteIfExists(cgroup);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
