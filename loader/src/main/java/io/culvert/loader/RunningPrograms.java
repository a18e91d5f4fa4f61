// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import io.culvert.loader.internal.CFunction;
import java.util.concurrent.locks.LockSupport;

/// Programs that run at this moment.
public final class RunningPrograms {

    /// `MEMBARRIER_CMD_GLOBAL` (linux/membarrier.h)
    private static final int GLOBAL = 1;

    private static final long SECOND = 1_000_000_000;

    private static final CFunction SYSCALL = SharedLibrary.c().function("syscall");

    /// `__NR_membarrier`
    private static final long MEMBARRIER = System.getProperty("os.arch").equals("aarch64") ? 283 : 324;

    private RunningPrograms() {}

    /// Returns when every program that cannot sleep and that ran when this was called has ended: what was
    /// removed from maps before, nobody reads any more. Takes 10 to 30 ms of waiting.
    ///
    /// Programs run within read sections of RCU, and `membarrier(2)` with this command waits for these. Where
    /// there is none (`nohz_full`, no CONFIG_MEMBARRIER), a second is far more than any program runs.
    public static void await() {
        if (SYSCALL.callForErrno(MEMBARRIER, GLOBAL, 0, 0) < 0) {
            long end = System.nanoTime() + SECOND;
            for (long left = SECOND; left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }
}
