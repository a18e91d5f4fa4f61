// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/// What waits much more than it computes: a parallel stream would have no more threads than there are processors.
final class AtOnce {

    private AtOnce() {}

    /// Does the same with each, all at the same time.
    ///
    /// @return what came of it, in the order of these
    static <T, R> List<R> with(Collection<T> all, Function<T, R> action) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<R>> begun = all.stream()
                    .map(one -> CompletableFuture.supplyAsync(() -> action.apply(one), threads))
                    .toList();
            return begun.stream().map(CompletableFuture::join).toList();
        }
    }
}
