// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import io.culvert.loader.internal.CFunction;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A C library. A function that cannot be found throws [MissingLibraryException] when it is called, so that the classes
/// that hold the functions always initialise.
final class SharedLibrary {

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
        return new SharedLibrary(Linker.nativeLinker().defaultLookup(), "libc", "");
    }

    boolean isPresent() {
        return symbols != null;
    }

    /// The function of this name.
    CFunction function(String function) {
        return find(function)
                .map(CFunction::at)
                .orElseGet(() -> CFunction.absent(() -> new MissingLibraryException(absence(function))));
    }

    private Optional<MemorySegment> find(String function) {
        return symbols == null ? Optional.empty() : symbols.find(function);
    }

    private String absence(String function) {
        return symbols == null
                ? "load libbpf: " + name + " not found; " + remedy
                : "load libbpf: " + name + " has no " + function + "; Culvert needs libbpf 1.1 or newer";
    }
}
