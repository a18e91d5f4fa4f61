// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// With a quiet period that outlasts the test, so that only what is not waited for comes back.
@Timeout(30)
class DirectoryWatchTest {

    private static final Duration NEVER = Duration.ofDays(1);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path temporary;

    @SuppressWarnings("NullAway.Init")
    private Path root;

    @SuppressWarnings("NullAway.Init")
    private Path file;

    @SuppressWarnings("NullAway.Init")
    private DirectoryWatch watch;

    @BeforeEach
    void watchOneFile() throws IOException {
        root = Files.createDirectory(temporary.resolve("manifests"));
        file = Files.writeString(root.resolve("a.yaml"), "old");
        watch = new DirectoryWatch(root, NEVER, NEVER);
        watch.cover(root);
    }

    @AfterEach
    void close() throws IOException {
        watch.close();
    }

    @Test
    void aFileThatIsRenamedIntoThePlaceOfAnotherIsNotWaitedFor() throws Exception {
        Path other = Files.writeString(temporary.resolve("other"), "new");
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE);

        assertThat(watch.await(NEVER, _ -> true)).isEqualTo(new DirectoryWatch.Burst(Set.of(file), false));
    }

    @Test
    void aFileThatIsWrittenInPlaceIsWaitedFor() throws Exception {
        Files.writeString(file, "new");

        assertThat(ends()).isFalse();
    }

    /// Whether a wait comes to an end before the watch is closed.
    private boolean ends() throws Exception {
        CompletableFuture<Boolean> ended = new CompletableFuture<>();
        Thread waiting = Thread.ofPlatform().daemon().start(() -> {
            try {
                var _ = watch.await(NEVER, _ -> true);
                ended.complete(true);
            } catch (ClosedWatchServiceException | InterruptedException e) {
                ended.complete(false);
            }
        });
        boolean _ = waiting.join(Duration.ofMillis(200));
        watch.close();
        return ended.get();
    }
}
