// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A C library. A function that cannot be found becomes a handle that throws [MissingLibraryException] when
/// it is called, so that the classes that hold the handles always initialise.
final class SharedLibrary {

    private static final Linker LINKER = Linker.nativeLinker();

    private final @Nullable SymbolLookup symbols;
    private final String name;
    private final String remedy;

    private SharedLibrary(@Nullable SymbolLookup symbols, String name, String remedy) {
        this.symbols = symbols;
        this.name = name;
        this.remedy = remedy;
    }

    /// Looks for the library as dlopen(3) does.
    static SharedLibrary open(String name, String remedy) {
        try {
            // FFM: bound code is never unloaded, hence the global arena.
            return new SharedLibrary(SymbolLookup.libraryLookup(name, Arena.global()), name, remedy);
        } catch (IllegalArgumentException notFound) {
            return new SharedLibrary(null, name, remedy);
        }
    }

    /// The C library of this process.
    static SharedLibrary c() {
        return new SharedLibrary(LINKER.defaultLookup(), "libc", "");
    }

    boolean isPresent() {
        return symbols != null;
    }

    /// The function of this name.
    MethodHandle function(String function, FunctionDescriptor type, Linker.Option... options) {
        return find(function)
                .map(address -> LINKER.downcallHandle(address, type, options))
                .orElseGet(() -> missing(function, type, options));
    }

    /// The function of this name, if the library is new enough to have it.
    Optional<MethodHandle> optional(String function, FunctionDescriptor type) {
        return find(function).map(address -> LINKER.downcallHandle(address, type));
    }

    private Optional<MemorySegment> find(String function) {
        return symbols == null ? Optional.empty() : symbols.find(function);
    }

    private MethodHandle missing(String function, FunctionDescriptor type, Linker.Option... options) {
        String reason = symbols == null
                ? "load libbpf: " + name + " not found; " + remedy
                : "load libbpf: " + name + " has no " + function + "; Culvert needs libbpf 1.1 or newer";
        MethodType handle = LINKER.downcallHandle(type, options).type().dropParameterTypes(0, 1);
        return MethodHandles.foldArguments(MethodHandles.empty(handle), thrower(reason));
    }

    /// A handle that makes the exception anew for each call, so that its stack trace is that of the caller.
    private static MethodHandle thrower(String reason) {
        Runnable fail = () -> {
            throw new MissingLibraryException(reason);
        };
        try {
            return MethodHandles.publicLookup()
                    .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
                    .bindTo(fail);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("java.lang.Runnable", e);
        }
    }

    /// What a method around `invokeExact` throws for what it caught: exceptions of the handles above pass,
    /// and nothing else is possible but a mistake in the binding.
    static RuntimeException unexpected(Throwable thrown) {
        return switch (thrown) {
            case RuntimeException exception -> exception;
            case Error error -> throw error;
            default -> throw new AssertionError(thrown);
        };
    }
}
