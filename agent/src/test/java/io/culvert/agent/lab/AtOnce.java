// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lab;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// Questions that mostly wait for an answer that does not come, asked at the same time.
final class AtOnce {

    private AtOnce() {}

    /// The answers, in the order of the questions.
    static <T> List<T> ask(List<Supplier<T>> questions) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return questions.stream()
                    .map(question -> CompletableFuture.supplyAsync(question, threads))
                    .toList()
                    .stream()
                    .map(CompletableFuture::join)
                    .toList();
        }
    }
}
