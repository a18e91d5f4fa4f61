// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.culvert.loader.internal.MappedMemory;
import io.culvert.loader.internal.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/// A map in the kernel, as bytes. Keys and values are native segments of at least the map's sizes; heap
/// segments are refused, because the kernel reads and writes the memory itself.
///
/// Safe for use by several threads, except that closing one that is in use is a mistake of the caller.
public final class BpfMap implements AutoCloseable {

    private final MapInfo info;
    private final int valueBytes;
    private final boolean owned;
    private int fd;

    private BpfMap(int fd, boolean owned) {
        this.fd = fd;
        this.owned = owned;
        this.info = MapInfo.read(fd);
        this.valueBytes = info.valueBytes();
    }

    /// A map that closes with something else.
    static BpfMap borrowed(int fd) {
        return new BpfMap(fd, false);
    }

    /// A map that owns its descriptor.
    static BpfMap owning(int fd) {
        try {
            return new BpfMap(fd, true);
        } catch (RuntimeException e) {
            SystemCalls.close(fd);
            throw e;
        }
    }

    /// Creates a map.
    public static BpfMap create(MapSpec spec) {
        try (Arena arena = Arena.ofConfined()) {
            CStruct options =
                    CStruct.allocate(arena, CStruct.MAP_CREATE_OPTS).set("map_flags", MapFlag.bits(spec.flags()));
            spec.inner().ifPresent(inner -> options.set("inner_map_fd", inner.fd()));
            return owning(SystemCallException.check(
                    LibbpfMaps.create(
                            spec.type().number(),
                            arena.allocateFrom(spec.name()),
                            spec.keySize(),
                            spec.valueSize(),
                            spec.maxEntries(),
                            options.memory()),
                    "create map " + spec.name()));
        }
    }

    /// The map that is pinned there; empty if nothing is.
    ///
    /// @throws InvalidObjectException if something else than a map is pinned there
    public static Optional<BpfMap> openPinned(Path path) {
        OptionalInt fd = Pins.open(path);
        if (fd.isEmpty()) {
            return Optional.empty();
        }
        if (KernelInfo.kind(fd.getAsInt()) != KernelInfo.Kind.MAP) {
            SystemCalls.close(fd.getAsInt());
            throw new InvalidObjectException("open pinned map " + path + ": this is not a map");
        }
        return Optional.of(owning(fd.getAsInt()));
    }

    /// The map of this id, as read from a map of maps; empty if it is gone.
    public static Optional<BpfMap> byId(int id) {
        int fd = LibbpfMaps.openById(id);
        if (fd < 0 && Errno.ofResult(fd).equals(Errno.ENOENT)) {
            return Optional.empty();
        }
        return Optional.of(owning(SystemCallException.check(fd, "open map " + id)));
    }

    /// Type, sizes and name as they were when the map was opened; none of them can change.
    public MapInfo info() {
        return info;
    }

    /// What keys and values are, as the object described them that the map was made from.
    public Optional<MapTypes> types() {
        return MapTypes.read(fd);
    }

    /// The descriptor, which stays the map's; -1 after [#close()].
    public int fd() {
        return fd;
    }

    /// The same map with a descriptor of its own, which the caller closes.
    public BpfMap duplicate() {
        return owning(SystemCallException.check(SystemCalls.duplicate(fd), operation("duplicate")));
    }

    /// Keeps the map in the kernel under a path of a BPF file system.
    ///
    /// @throws SystemCallException with EEXIST if something is pinned there already
    public void pin(Path path) {
        Pins.pin(fd, path, "map " + info.name());
    }

    /// Reads one value; false if the key has none.
    public boolean lookup(MemorySegment key, MemorySegment value) {
        requireKey(key);
        requireValue(value);
        return found(LibbpfMaps.lookup(fd, key, value), "look up in");
    }

    /// Writes one value.
    ///
    /// @throws SystemCallException with E2BIG if the map is full, EEXIST or ENOENT as `mode` says
    public void update(MemorySegment key, MemorySegment value, UpdateMode mode) {
        requireKey(key);
        requireValue(value);
        int result = LibbpfMaps.update(fd, key, value, mode.flag());
        if (result < 0) {
            throw failure("update", Errno.ofResult(result));
        }
    }

    /// Puts a map into a map of maps.
    public void update(MemorySegment key, BpfMap inner, UpdateMode mode) {
        try (Arena arena = Arena.ofConfined()) {
            update(key, arena.allocateFrom(JAVA_INT, inner.fd()), mode);
        }
    }

    /// Lets tail calls through an array of programs lead to a program.
    public void update(MemorySegment key, BpfProgram program, UpdateMode mode) {
        try (Arena arena = Arena.ofConfined()) {
            update(key, arena.allocateFrom(JAVA_INT, program.fd()), mode);
        }
    }

    /// Removes one entry; false if there was none.
    public boolean delete(MemorySegment key) {
        requireKey(key);
        return found(LibbpfMaps.delete(fd, key), "delete from");
    }

    /// Removes one entry and reads what it was, in one step; false if there was none. Hashes only.
    public boolean take(MemorySegment key, MemorySegment value) {
        requireKey(key);
        requireValue(value);
        return found(LibbpfMaps.take(fd, key, value), "take from");
    }

    /// Writes the key after `key` to `next`; false if that was the last. A hash has no order that means
    /// anything, and starts over when `key` was removed meanwhile: [MapBatches] does better where it can.
    ///
    /// @param key `MemorySegment.NULL` for the first
    public boolean nextKey(MemorySegment key, MemorySegment next) {
        if (key.address() != 0) {
            requireKey(key);
        }
        requireKey(next);
        return found(LibbpfMaps.nextKey(fd, key, next), "list");
    }

    /// Reads and writes of many entries.
    public MapBatches batches() {
        return new MapBatches(this);
    }

    /// Maps the values of an array that has [MapFlag#MMAPABLE] for reading and writing: value `i` begins at
    /// byte `i *` [MapInfo#valueStride()]. The segment is as long as the values and can be used until the
    /// arena closes, also after the map has been closed.
    public MemorySegment mmap(Arena arena) {
        if (!info.flags().contains(MapFlag.MMAPABLE)) {
            throw new InvalidObjectException(operation("map the memory of") + ": it was created without MMAPABLE");
        }
        return MappedMemory.map(fd, 0, (long) info.maxEntries() * info.valueStride(), true, arena);
    }

    /// Takes away the right to write from user space, for ever; programs may still write.
    public void freeze() {
        SystemCallException.check(LibbpfMaps.freeze(fd), operation("freeze"));
    }

    private boolean found(int result, String verb) {
        if (result >= 0) {
            return true;
        }
        Errno errno = Errno.ofResult(result);
        if (errno.equals(Errno.ENOENT)) {
            return false;
        }
        throw failure(verb, errno);
    }

    SystemCallException failure(String verb, Errno errno) {
        String remedy =
                errno.equals(Errno.E2BIG) ? "it holds at most " + info.maxEntries() + " entries" : Remedy.of(errno);
        return SystemCallException.withRemedy(operation(verb), errno, remedy);
    }

    String operation(String verb) {
        return verb + " map " + info.name();
    }

    private void requireKey(MemorySegment key) {
        require(key, info.keySize(), "key");
    }

    private void requireValue(MemorySegment value) {
        require(value, valueBytes, "value");
    }

    private void require(MemorySegment memory, long size, String what) {
        if (memory.byteSize() < size) {
            throw new IllegalArgumentException(
                    what + " of map " + info.name() + " has " + size + " bytes, not " + memory.byteSize());
        }
    }

    /// For example `frontends (HASH, 16384 entries)`.
    @Override
    public String toString() {
        return info.name() + " (" + info.type() + ", " + info.maxEntries() + " entries)";
    }

    /// Closes the descriptor; a pinned map stays in the kernel.
    @Override
    public void close() {
        if (owned && fd >= 0) {
            SystemCalls.close(fd);
            fd = -1;
        }
    }
}
