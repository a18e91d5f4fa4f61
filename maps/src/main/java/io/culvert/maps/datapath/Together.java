// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/// Runs several pieces of work at a time.
final class Together {

    private static final Executor THREADS =
            work -> Thread.ofPlatform().name("load-programs").daemon().start(work);

    private Together() {}

    /// Returns when all have ended. The last runs on the calling thread.
    ///
    /// @throws RuntimeException what the first of those that failed threw
    static void run(List<Runnable> work) {
        List<CompletableFuture<Void>> parts = new ArrayList<>();
        for (int i = 0; i < work.size(); i++) {
            Executor where = i < work.size() - 1 ? THREADS : Runnable::run;
            parts.add(CompletableFuture.runAsync(work.get(i), where));
        }
        try {
            CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }
}
