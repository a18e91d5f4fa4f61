// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import io.culvert.loader.btf.Btf;
import io.culvert.loader.btf.ElfFile;
import io.culvert.loader.btf.MalformedObjectException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// A compiled eBPF object: opened, then configured, then loaded into the kernel.
///
/// ```java
/// try (BpfObject pod = BpfObject.open("pod", elf)) {
///     pod.configure("config_tcp_syn_timeout", 60).reuse("flows", flows).load();
///     Attachment ingress = TcxAttachment.attach(pod.program("pod_ingress"), ifindex, TcDirection.INGRESS);
///     ingress.pin(pins.links().resolve("pod_ingress"));
/// }
/// ```
///
/// Closing the object closes the descriptors of its programs and maps; what is attached or pinned stays in
/// the kernel. Not safe for use by several threads at once.
public final class BpfObject implements AutoCloseable {

    private final String name;
    private final Btf btf;
    private final MemorySegment object;
    private final Map<String, MemorySegment> programs;
    private final Map<String, MemorySegment> maps;
    private State state = State.OPEN;

    private enum State {
        OPEN,
        LOADED,
        FAILED,
        CLOSED
    }

    private BpfObject(String name, Btf btf, MemorySegment object) {
        this.name = name;
        this.btf = btf;
        this.object = object;
        this.programs = new LinkedHashMap<>();
        for (MemorySegment program = LibbpfObjects.nextProgram(object, MemorySegment.NULL);
                program.address() != 0;
                program = LibbpfObjects.nextProgram(object, program)) {
            programs.put(text(LibbpfObjects.programName(program)), program);
        }
        this.maps = new LinkedHashMap<>();
        for (MemorySegment map = LibbpfObjects.nextMap(object, MemorySegment.NULL);
                map.address() != 0;
                map = LibbpfObjects.nextMap(object, map)) {
            maps.put(text(LibbpfObjects.mapName(map)), map);
        }
    }

    /// Reads an object file; nothing reaches the kernel yet.
    ///
    /// @param name what errors call it; the kernel shows its first eight characters in the names of data
    /// sections
    /// @param elf the bytes that clang wrote
    /// @throws InvalidObjectException if they are not an eBPF object with BTF
    public static BpfObject open(String name, byte[] elf) {
        try {
            return new BpfObject(name, Btf.read(ElfFile.read(elf)), LibbpfObjects.open(name, elf));
        } catch (MalformedObjectException e) {
            throw new InvalidObjectException("open object " + name + ": " + e.getMessage());
        }
    }

    /// Sets a `volatile const` variable before the programs are verified, so that the verifier removes what
    /// it switches off.
    ///
    /// @param variable its name in section `.rodata`
    /// @param value exactly its bytes, in the byte order that its type has
    /// @throws InvalidObjectException if there is no such variable or it has another size
    public BpfObject configure(String variable, byte[] value) {
        require(State.OPEN);
        ReadOnlyData.set(this, variable, value);
        return this;
    }

    /// Sets a variable of four bytes.
    public BpfObject configure(String variable, int value) {
        return configure(variable, ReadOnlyData.bytes(value, Integer.BYTES));
    }

    /// Sets a variable of eight bytes.
    public BpfObject configure(String variable, long value) {
        return configure(variable, ReadOnlyData.bytes(value, Long.BYTES));
    }

    /// Sets a variable of two bytes.
    public BpfObject configure(String variable, short value) {
        return configure(variable, ReadOnlyData.bytes(value, Short.BYTES));
    }

    /// Sets a variable of one byte.
    public BpfObject configure(String variable, byte value) {
        return configure(variable, new byte[] {value});
    }

    /// Sets a variable of type `bool` or `__u8` to 0 or 1.
    public BpfObject configure(String variable, boolean value) {
        return configure(variable, new byte[] {(byte) (value ? 1 : 0)});
    }

    /// Asks for another size than the object declares.
    public BpfObject maxEntries(String map, int entries) {
        require(State.OPEN);
        SystemCallException.check(
                LibbpfObjects.setMaxEntries(mapHandle(map), entries),
                "set size of map " + map + " of object " + name + " to " + entries);
        return this;
    }

    /// Lets the programs use an existing map instead of a new one. The kernel does not compare key and value
    /// types: check [BpfMap#info()] first.
    public BpfObject reuse(String map, BpfMap existing) {
        require(State.OPEN);
        SystemCallException.check(
                LibbpfObjects.reuseFd(mapHandle(map), existing.fd()), "reuse map " + map + " in object " + name);
        return this;
    }

    /// Leaves a program out of [#load()].
    public BpfObject skip(String program) {
        require(State.OPEN);
        SystemCallException.check(LibbpfObjects.setAutoload(programHandle(program), false), "skip program " + program);
        return this;
    }

    /// Creates the maps and loads the programs.
    ///
    /// @throws VerifierException if the verifier refuses a program
    /// @throws SystemCallException for any other reason; the object cannot be loaded again
    public BpfObject load() {
        require(State.OPEN);
        state = State.FAILED;
        LibbpfLog.reset();
        try (VerifierLogs logs = VerifierLogs.attach(programs)) {
            int result = LibbpfObjects.load(object);
            if (result < 0) {
                Errno errno = Errno.ofResult(result);
                logs.firstRefusal().ifPresent(refusal -> {
                    throw new VerifierException(refusal.program(), errno, refusal.log());
                });
                String warning = LibbpfLog.lastWarning();
                throw SystemCallException.of(
                        "load object " + name + (warning.isEmpty() ? "" : " (" + warning + ")"), errno);
            }
        }
        state = State.LOADED;
        return this;
    }

    /// The loaded program of this name; it can be used until the object is closed.
    ///
    /// @throws InvalidObjectException if the object has none of this name; the message lists those that it
    /// has
    public BpfProgram program(String program) {
        require(State.LOADED);
        int fd = LibbpfObjects.programFd(programHandle(program));
        if (fd < 0) {
            throw new InvalidObjectException("find program " + program + " in object " + name + ": it was skipped");
        }
        return new BpfProgram(program, fd);
    }

    /// All programs that were loaded, in the order of the file.
    public List<BpfProgram> programs() {
        require(State.LOADED);
        return programs.entrySet().stream()
                .map(entry -> new BpfProgram(entry.getKey(), LibbpfObjects.programFd(entry.getValue())))
                .filter(program -> program.fd() >= 0)
                .toList();
    }

    /// The map of this name. The object owns it: closing it has no effect, and it can be used until the
    /// object is closed; [BpfMap#duplicate()] makes one that lasts.
    ///
    /// @throws InvalidObjectException if the object has none of this name; the message lists those that it
    /// has
    public BpfMap map(String map) {
        require(State.LOADED);
        return BpfMap.borrowed(LibbpfObjects.mapFd(mapHandle(map)));
    }

    /// The maps that the C source declares, without those that libbpf makes of data sections.
    public List<String> mapNames() {
        return maps.entrySet().stream()
                .filter(entry -> !LibbpfObjects.isInternal(entry.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /// The programs in the file, loaded or not.
    public List<String> programNames() {
        return new ArrayList<>(programs.keySet());
    }

    /// The types of the object.
    public Btf btf() {
        return btf;
    }

    /// What errors call the object.
    public String name() {
        return name;
    }

    /// The map that libbpf makes of a data section; libbpf names it `<object>.rodata`, shortened.
    Optional<MemorySegment> dataSection(String section) {
        return maps.entrySet().stream()
                .filter(entry -> LibbpfObjects.isInternal(entry.getValue())
                        && entry.getKey().endsWith(section))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private MemorySegment programHandle(String program) {
        return Optional.ofNullable(programs.get(program)).orElseThrow(unknown("program", program, programNames()));
    }

    private MemorySegment mapHandle(String map) {
        return Optional.ofNullable(maps.get(map)).orElseThrow(unknown("map", map, mapNames()));
    }

    private Supplier<InvalidObjectException> unknown(String kind, String wanted, List<String> present) {
        return () -> new InvalidObjectException("find " + kind + " " + wanted + " in object " + name
                + ": there is none of that name; it has " + (present.isEmpty() ? "none" : String.join(", ", present)));
    }

    private void require(State wanted) {
        if (state != wanted) {
            throw new IllegalStateException("object " + name + " is " + state + ", not " + wanted);
        }
    }

    private static String text(MemorySegment string) {
        // FFM: libbpf ends its strings with a zero, so reading stops there.
        return string.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /// Closes the descriptors of the programs and maps. Closing twice has no effect.
    @Override
    public void close() {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            LibbpfObjects.close(object);
        }
    }
}
