// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.culvert.testkit.KernelTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@KernelTest(commands = {"bpftool", "clang", "llvm-strip"})
@Timeout(60)
final class RingBufferReaderKernelTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final EmittingProgram program;

    RingBufferReaderKernelTest(@TempDir Path workspace) throws IOException {
        program = new EmittingProgram(workspace);
    }

    private record Seen(long run, long lost, long discarded, long size) {
        static Seen of(long[] words, int first, int bytes) {
            return new Seen(words[first], words[first + 1], words[first + 2], bytes);
        }
    }

    @AfterEach
    void unload() {
        program.close();
    }

    @Test
    void readsWhatAProgramWrote() {
        List<Seen> seen = new ArrayList<>();
        try (RingBufferReader reader = program.open(EmittingProgram.RING_BYTES)) {
            assertThat(reader.poll(Duration.ZERO, (words, first, bytes) -> seen.add(Seen.of(words, first, bytes))))
                    .isZero();
            program.run(5);
            assertThat(reader.backlog()).isEqualTo(5 * 32 + 8 * 2);
            assertThat(reader.poll(LONG, (words, first, bytes) -> seen.add(Seen.of(words, first, bytes))))
                    .isEqualTo(4);
            assertThat(seen)
                    .containsExactly(
                            new Seen(0, 0, 0, 24), new Seen(1, 0, 0, 28), new Seen(3, 0, 1, 28), new Seen(4, 0, 1, 24));
            assertThat(reader.counts()).isEqualTo(new RingBufferReader.Counts(4, 1, 104));
            assertThat(reader.backlog()).isZero();
        }
    }

    /// Many times round a small ring, with the program running all the time: what is missing between two records is
    /// exactly what the program says it lost or discarded.
    @Test
    void accountsForEveryRecordWhileProgramsWrite() throws InterruptedException {
        int enough = 20 * EmittingProgram.RING_BYTES / 32;
        AtomicBoolean stop = new AtomicBoolean();
        Thread writing = Thread.ofPlatform().start(() -> {
            while (!stop.get()) {
                program.run(20_000);
            }
        });
        long[] last = {-1, 0, 0};
        try (RingBufferReader reader = program.open(EmittingProgram.RING_BYTES)) {
            while (writing.isAlive() || reader.backlog() > 0) {
                reader.poll(Duration.ofMillis(10), (words, first, bytes) -> {
                    Seen seen = Seen.of(words, first, bytes);
                    assertThat(seen.run() - last[0] - 1).isEqualTo(seen.lost() - last[1] + seen.discarded() - last[2]);
                    last[0] = seen.run();
                    last[1] = seen.lost();
                    last[2] = seen.discarded();
                });
                stop.set(reader.counts().records() >= enough);
            }
            assertThat(reader.counts().records()).isGreaterThanOrEqualTo(enough);
            assertThat(reader.counts().discarded()).isPositive();
        } finally {
            stop.set(true);
            writing.join();
        }
    }

    /// The second number: a wait without a limit that a caller can express.
    @ParameterizedTest
    @ValueSource(longs = {30, Long.MAX_VALUE / 1_000})
    void closeEndsAWait(long seconds) throws Exception {
        RingBufferReader reader = program.open(EmittingProgram.RING_BYTES);
        CompletableFuture<Integer> polled = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform()
                .name("ring-poller")
                .start(() -> polled.complete(reader.poll(Duration.ofSeconds(seconds), (_, _, _) -> {})));
        await().until(RingBufferReaderKernelTest::pollerSleeps);
        reader.close();
        assertThat(polled.get()).isZero();
        thread.join();
        assertThat(reader.isClosed()).isTrue();
        assertThat(reader.consume((_, _, _) -> {})).isZero();
        reader.close();
    }

    @Test
    void aConsumerMayClose() {
        program.run(2);
        RingBufferReader reader = program.open(EmittingProgram.RING_BYTES);
        assertThat(reader.poll(LONG, (_, _, _) -> reader.close())).isEqualTo(1);
        assertThat(reader.backlog()).isZero();
        try (RingBufferReader next = program.open(EmittingProgram.RING_BYTES)) {
            List<Long> runs = new ArrayList<>();
            assertThat(next.consume((words, first, _) -> runs.add(words[first])))
                    .isEqualTo(1);
            assertThat(runs).containsExactly(1L);
        }
    }

    @Test
    void refusesWhatIsNotSuchARing() {
        assertThatThrownBy(() -> RingBufferReader.open(-1, 4096))
                .hasMessage("open ring buffer: Bad file descriptor (EBADF)");
        assertThatThrownBy(() -> program.open(2 * EmittingProgram.RING_BYTES))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageEndingWith("(EINVAL); is it a ring buffer of 32768 bytes?");
    }

    private static boolean pollerSleeps() throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : tasks.toList()) {
                String stat = Files.readString(task.resolve("stat"));
                if (stat.contains("(ring-poller) S")) {
                    return true;
                }
            }
            return false;
        } catch (NoSuchFileException aTaskEnded) {
            return false;
        }
    }
}
