// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import io.culvert.loader.internal.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A buffer for each program of an object while it is loaded. Only the program that the verifier refuses gets
/// a log, which is how the culprit is found.
final class VerifierLogs implements AutoCloseable {

    /// Address space, not memory: the kernel touches only what it writes. The longest logs seen have a few
    /// megabytes.
    private static final long SIZE = 16L << 20;

    private final Arena arena;
    private final Map<String, MemorySegment> programs;
    private final Map<String, MemorySegment> logs = new LinkedHashMap<>();

    private VerifierLogs(Map<String, MemorySegment> programs, Arena arena) {
        this.programs = programs;
        this.arena = arena;
    }

    /// What the verifier wrote about one program.
    record Refusal(String program, String log) {}

    static VerifierLogs attach(Map<String, MemorySegment> programs) {
        Arena arena = Arena.ofConfined();
        VerifierLogs attached = new VerifierLogs(programs, arena);
        programs.forEach((name, program) -> {
            // FFM: libbpf keeps the pointer; close() takes it back before the pages go.
            MemorySegment log = reserve(arena);
            LibbpfObjects.setLogBuffer(program, log, SIZE);
            attached.logs.put(name, log);
        });
        return attached;
    }

    /// Zeroed memory of which only the pages that are written exist, until the arena closes.
    private static MemorySegment reserve(Arena arena) {
        long address = SystemCalls.mapPrivate(SIZE);
        if (address < 0) {
            throw SystemCallException.of("reserve " + SIZE + " bytes of memory", Errno.of((int) -address));
        }
        // FFM: the kernel mapped exactly these bytes; they go away with the arena, after which access throws.
        return MemorySegment.ofAddress(address).reinterpret(SIZE, arena, SystemCalls::unmap);
    }

    Optional<Refusal> firstRefusal() {
        return logs.entrySet().stream()
                .map(entry -> new Refusal(entry.getKey(), entry.getValue().getString(0)))
                .filter(refusal -> !refusal.log().isBlank())
                .findFirst();
    }

    @Override
    public void close() {
        programs.values().forEach(program -> LibbpfObjects.setLogBuffer(program, MemorySegment.NULL, 0));
        arena.close();
    }
}
