// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.culvert.loader.internal.SystemCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.ToIntFunction;

/// How the features of maps and of BTF are tried.
final class MapProbes {

    private static final String NAME = "culvert_probe";

    /// Of the field `sk` in `struct bpf_sock_addr` (linux/bpf.h)
    private static final int SOCKET_OFFSET = 64;

    private MapProbes() {}

    static ProbeOutcome mappableArray() {
        return creating(
                MapSpec.of(NAME, MapType.ARRAY, Integer.BYTES, Long.BYTES, 1, MapFlag.MMAPABLE), map -> map.fd());
    }

    static ProbeOutcome ringBuffer() {
        return creating(MapSpec.of(NAME, MapType.RINGBUF, 0, 0, 1 << 16), map -> map.fd());
    }

    /// Listing an empty hash fails with ENOENT: it is at its end.
    static ProbeOutcome batchOperations() {
        ProbeOutcome tried =
                creating(MapSpec.of(NAME, MapType.HASH, Integer.BYTES, Integer.BYTES, 1), MapProbes::lookUpBatch);
        return ProbeOutcome.expecting(Errno.ENOENT, tried.result());
    }

    private static int lookUpBatch(BpfMap map) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment room = arena.allocate(Long.BYTES * 4L);
            return LibbpfMaps.lookupBatch(
                    map.fd(),
                    MemorySegment.NULL,
                    room,
                    room.asSlice(8),
                    room.asSlice(16),
                    arena.allocateFrom(JAVA_INT, 1),
                    CStruct.allocate(arena, CStruct.MAP_BATCH_OPTS).memory());
        }
    }

    private static ProbeOutcome creating(MapSpec spec, ToIntFunction<BpfMap> use) {
        try (BpfMap map = BpfMap.create(spec)) {
            return ProbeOutcome.of(use.applyAsInt(map));
        } catch (SystemCallException e) {
            return ProbeOutcome.of(-e.errno().number());
        }
    }

    static ProbeOutcome btf() {
        return ProbeOutcome.of(Probes.closing(loadBtf()));
    }

    /// Storage needs a map with types and a helper that the program type has.
    static ProbeOutcome socketStorage() {
        int btf = loadBtf();
        if (btf < 0) {
            return ProbeOutcome.of(btf);
        }
        int map = createStorage(btf);
        SystemCalls.close(btf);
        if (map < 0) {
            return ProbeOutcome.of(map);
        }
        try {
            return Probes.loading(ProbeProgram.readingStorage(CgroupHook.CONNECT4.attachType(), map, SOCKET_OFFSET));
        } finally {
            SystemCalls.close(map);
        }
    }

    private static int createStorage(int btf) {
        try (Arena arena = Arena.ofConfined()) {
            CStruct options = CStruct.allocate(arena, CStruct.MAP_CREATE_OPTS)
                    .set("btf_fd", btf)
                    .set("btf_key_type_id", 1)
                    .set("btf_value_type_id", 1)
                    .set("map_flags", MapFlag.bits(Set.of(MapFlag.NO_PREALLOC)));
            return LibbpfMaps.create(
                    MapType.SK_STORAGE.number(),
                    arena.allocateFrom(NAME),
                    Integer.BYTES,
                    Integer.BYTES,
                    0,
                    options.memory());
        }
    }

    /// Types with one entry, `int` (linux/btf.h): header, type, strings.
    private static int loadBtf() {
        byte[] names = "\0int\0".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer btf = ByteBuffer.allocate(24 + 16 + names.length).order(ByteOrder.LITTLE_ENDIAN);
        btf.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0); // magic, version, flags
        btf.putInt(24).putInt(0).putInt(16).putInt(16).putInt(names.length); // header, types, strings
        btf.putInt(1).putInt(1 << 24).putInt(Integer.BYTES).putInt(1 << 24 | Integer.SIZE); // signed int, 32 bits
        btf.put(names);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(btf.capacity(), Long.BYTES);
            MemorySegment.copy(btf.array(), 0, data, JAVA_BYTE, 0, btf.capacity());
            return LibbpfLinks.loadBtf(data, btf.capacity(), MemorySegment.NULL);
        }
    }
}
