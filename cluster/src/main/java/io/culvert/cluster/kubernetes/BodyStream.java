// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import io.fabric8.kubernetes.client.http.AsyncBody;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The body of an answer as it arrives, never more than a few buffers of it in memory. A read that waits for longer
/// than it may fails: neither a server that hangs nor a connection that died unnoticed holds the reader up.
final class BodyStream extends InputStream implements AsyncBody.Consumer<List<ByteBuffer>> {

    private sealed interface Part {
        record Data(List<ByteBuffer> buffers) implements Part {}

        record End(@Nullable Throwable failure) implements Part {}
    }

    private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
    private final Deque<ByteBuffer> buffers = new ArrayDeque<>();
    private final Duration silence;
    private final long deadline;
    private @Nullable AsyncBody body;
    private Part.@Nullable End end;

    /// @param silence the longest wait for the next byte
    /// @param whole the longest time for all of it, from now on
    BodyStream(Duration silence, Duration whole) {
        this.silence = silence;
        this.deadline = System.nanoTime() + whole.toNanos();
    }

    /// Called by the HTTP client; asks for more only when this much has been read.
    @Override
    public void consume(List<ByteBuffer> data, AsyncBody from) {
        parts.add(new Part.Data(data));
    }

    /// Begins to take a body.
    void begin(AsyncBody from) {
        body = from;
        var _ = from.done().whenComplete((_, failure) -> parts.add(new Part.End(failure)));
        from.consume();
    }

    @Override
    public int read() throws IOException {
        return fill() ? buffers.getFirst().get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        ByteBuffer buffer = buffers.getFirst();
        int count = Math.min(length, buffer.remaining());
        buffer.get(target, offset, count);
        return count;
    }

    /// Waits for a byte; false at the end.
    private boolean fill() throws IOException {
        while (true) {
            while (!buffers.isEmpty() && !buffers.getFirst().hasRemaining()) {
                buffers.removeFirst();
            }
            if (!buffers.isEmpty()) {
                return true;
            }
            if (end != null) {
                return ended(end);
            }
            switch (next()) {
                case Part.Data(List<ByteBuffer> data) -> {
                    buffers.addAll(data);
                    if (body != null) {
                        body.consume();
                    }
                }
                case Part.End last -> end = last;
            }
        }
    }

    private static boolean ended(Part.End end) throws IOException {
        if (end.failure() != null) {
            throw new ApiException("the connection broke: " + Failures.reason(end.failure()));
        }
        return false;
    }

    private Part next() throws IOException {
        try {
            long wait = Math.min(silence.toNanos(), deadline - System.nanoTime());
            Part part = wait <= 0 ? null : parts.poll(wait, TimeUnit.NANOSECONDS);
            if (part == null) {
                boolean late = deadline - System.nanoTime() <= 0;
                throw new ApiException(late ? "the answer took too long" : "the server fell silent");
            }
            return part;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException("interrupted");
        }
    }

    @Override
    public void close() {
        if (body != null) {
            body.cancel();
        }
    }
}
