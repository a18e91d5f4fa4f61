// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.internal;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A C function whose parameters and result are integers and pointers, at most [#PARAMETERS] of them.
///
/// All are called as if they took that many 64-bit integers and returned one: each shape of a call costs milliseconds
/// of a start (`docs/adr/0016-one-shape-of-call.md`). The calling conventions of x86-64 and arm64 allow it, because a
/// function looks at the arguments that it has, and at as many bits of each as its type has. Of the result only those
/// bits count, so the caller casts it to the width of the C type.
public final class CFunction {

    static final int PARAMETERS = 8;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final FunctionDescriptor SHAPE = FunctionDescriptor.of(JAVA_LONG, repeated(JAVA_LONG, PARAMETERS));
    private static final MethodHandle CALL = LINKER.downcallHandle(SHAPE);
    private static final MethodHandle CALL_FOR_ERRNO =
            LINKER.downcallHandle(SHAPE, Linker.Option.captureCallState("errno"));
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO = STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private final @Nullable MemorySegment address;
    private final Supplier<? extends RuntimeException> absence;

    private CFunction(@Nullable MemorySegment address, Supplier<? extends RuntimeException> absence) {
        this.address = address;
        this.absence = absence;
    }

    /// A function of the C library of this process.
    ///
    /// @throws java.util.NoSuchElementException if there is none of that name
    static CFunction ofLibc(String name) {
        return at(LINKER.defaultLookup().findOrThrow(name));
    }

    /// The function at this address, which stays good as long as the process.
    public static CFunction at(MemorySegment address) {
        return new CFunction(address, IllegalStateException::new);
    }

    /// A function that is not there: a call throws what `absence` makes.
    public static CFunction absent(Supplier<? extends RuntimeException> absence) {
        return new CFunction(null, absence);
    }

    private static MemoryLayout[] repeated(MemoryLayout layout, int times) {
        MemoryLayout[] layouts = new MemoryLayout[times];
        Arrays.fill(layouts, layout);
        return layouts;
    }

    /// The address of memory, as an argument. The caller keeps the memory until the call is over.
    ///
    /// @throws IllegalArgumentException if it is on the heap or was freed
    public static long pointer(MemorySegment memory) {
        if (!memory.isNative() || !memory.scope().isAlive()) {
            throw new IllegalArgumentException("not memory that C can use: " + memory);
        }
        return memory.address();
    }

    /// Calls the function.
    public long call(long... arguments) {
        MemorySegment function = address();
        long[] all = Arrays.copyOf(arguments, PARAMETERS);
        try {
            return (long) CALL.invokeExact(function, all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7]);
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    /// Calls a function that returns an `int` or `ssize_t`, and -1 with errno set for a failure.
    ///
    /// @return the result, or the negative errno
    public int callForErrno(long... arguments) {
        return (int) captured(result -> (int) result == -1, arguments);
    }

    /// Calls a function that returns an address, and `failure` with errno set for a failure.
    ///
    /// @param failure an address: 0 for NULL
    /// @return the address, or the negative errno
    public long callForAddress(long failure, long... arguments) {
        return captured(result -> result == failure, arguments);
    }

    private long captured(LongPredicate failed, long[] arguments) {
        MemorySegment function = address();
        long[] all = Arrays.copyOf(arguments, PARAMETERS);
        // FFM: errno is written into memory of this call alone, because threads may not share it.
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long result = (long) CALL_FOR_ERRNO.invokeExact(
                    function, state, all[0], all[1], all[2], all[3], all[4], all[5], all[6], all[7]);
            return failed.test(result) ? -state.get(JAVA_INT, ERRNO) : result;
        } catch (Throwable t) {
            throw new AssertionError(t);
        }
    }

    private MemorySegment address() {
        if (address == null) {
            throw absence.get();
        }
        return address;
    }
}
