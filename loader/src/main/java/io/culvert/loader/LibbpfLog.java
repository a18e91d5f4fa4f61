// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends what libbpf prints to the debug log, and keeps the last warning of each thread to explain an error
/// with.
final class LibbpfLog {

    private static final Logger LOG = LoggerFactory.getLogger("io.culvert.loader.libbpf");
    private static final int WARNING = 0;
    private static final int LINE = 2048;
    private static final ThreadLocal<String> LAST_WARNING = ThreadLocal.withInitial(() -> "");

    private LibbpfLog() {}

    static void install() {
        try {
            var print = MethodHandles.lookup()
                    .findStatic(
                            LibbpfLog.class,
                            "print",
                            MethodType.methodType(int.class, int.class, MemorySegment.class, MemorySegment.class));
            // FFM: libbpf keeps the pointer until the process ends, hence the global arena. A va_list is passed as a
            // pointer on x86-64 (an array type) and on arm64 (a structure larger than two registers).
            Libbpf.setPrint(Linker.nativeLinker()
                    .upcallStub(print, FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS), Arena.global()));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("print", e);
        }
    }

    /// `int print(enum libbpf_print_level level, const char *format, va_list arguments);`
    ///
    /// An exception that left an upcall would end the process.
    static int print(int level, MemorySegment format, MemorySegment arguments) {
        try {
            if (level == WARNING || LOG.isDebugEnabled()) {
                String line = format(format, arguments);
                LOG.debug("{}", line);
                if (level == WARNING && !line.startsWith("libbpf: failed to load object")) {
                    LAST_WARNING.set(line);
                }
            }
        } catch (Throwable t) {
            return -1;
        }
        return 0;
    }

    private static String format(MemorySegment format, MemorySegment arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment line = arena.allocate(LINE);
            Libc.vsnprintf(line, format, arguments);
            return line.getString(0).strip();
        }
    }

    /// Forgets the last warning of this thread.
    static void reset() {
        LAST_WARNING.remove();
    }

    /// What libbpf warned about since [#reset()] and before it gave up, without its own prefix and without the
    /// errno at the end, which the caller knows: `map 'flows': failed to create`. Empty if nothing.
    static String lastWarning() {
        return LAST_WARNING.get().replaceFirst("^libbpf: ", "").replaceFirst(": [^:]*\\(-?\\d+\\)$", "");
    }
}
