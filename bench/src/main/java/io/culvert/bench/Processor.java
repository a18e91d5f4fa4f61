// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.lang.management.ManagementFactory;

/// Processor time of this process and of its threads, nanoseconds.
final class Processor {

    private Processor() {}

    /// All threads, those of the JVM too; the clock ticks every 10 ms.
    static long ofProcess() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    static long of(Thread thread) {
        return ManagementFactory.getThreadMXBean().getThreadCpuTime(thread.threadId());
    }

    /// The platform thread of that name.
    static Thread named(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
