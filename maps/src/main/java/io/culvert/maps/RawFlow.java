// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.net.IpAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/// An entry of `flows` as it was copied from the kernel: reading a number of it builds nothing. One object is aimed at
/// entry after entry, so that nobody may keep it.
public final class RawFlow {

    private static final long CLIENT = CTypes.offset(FlowCodec.LAYOUT, "client");
    private static final long BACKEND = CTypes.offset(FlowCodec.LAYOUT, "backend");
    private static final long PROTOCOL = CTypes.offset(FlowCodec.LAYOUT, "protocol");
    private static final long STATE = CTypes.offset(FlowCodec.LAYOUT, "state");
    private static final long BACKEND_ID = CTypes.offset(FlowCodec.LAYOUT, "backend_id");
    private static final long LAST_SEEN = CTypes.offset(FlowCodec.LAYOUT, "last_seen");
    private static final long CREATED = CTypes.offset(FlowCodec.LAYOUT, "created");

    private MemorySegment memory = MemorySegment.NULL;

    public RawFlow() {}

    /// The same as memory, for tables that are not the kernel's.
    public static RawFlow of(Flow flow) {
        MemorySegment memory = Arena.ofAuto().allocate(Flow.CODEC.layout());
        Flow.CODEC.write(memory, 0, flow);
        return new RawFlow().at(memory);
    }

    /// Shows entries as [BpfHashMap#forEach] does, but only those that are wanted.
    public static void forEach(
            BpfHashMap<FlowKey, Flow> flows, Predicate<RawFlow> wanted, BiConsumer<FlowKey, Flow> consumer) {
        RawFlow raw = new RawFlow();
        flows.forEach(value -> wanted.test(raw.at(value)), consumer);
    }

    /// Shows one entry, raw and as a value.
    ///
    /// @param value `struct flow`; zeros are none
    public void show(MemorySegment value, BiConsumer<RawFlow, Flow> consumer) {
        if (at(value).created() != 0) {
            consumer.accept(this, Flow.CODEC.read(value, 0));
        }
    }

    private RawFlow at(MemorySegment value) {
        memory = value;
        return this;
    }

    /// Number of a [io.culvert.net.Protocol].
    public int protocol() {
        return Byte.toUnsignedInt(memory.get(CTypes.U8, PROTOCOL));
    }

    /// Bits of [FlowFlag].
    public int state() {
        return Short.toUnsignedInt(memory.get(CTypes.U16, STATE));
    }

    /// As [Flow#backendId].
    public int backendId() {
        return memory.get(CTypes.U32, BACKEND_ID);
    }

    /// As [Flow#created].
    public long created() {
        return memory.get(CTypes.U64, CREATED);
    }

    /// As [Flow#lastSeen].
    public long lastSeen() {
        return memory.get(CTypes.U64, LAST_SEEN);
    }

    /// Address of [Flow#client].
    public IpAddress client() {
        return CTypes.readIp(memory, CLIENT);
    }

    /// Address of [Flow#backend].
    public IpAddress backend() {
        return CTypes.readIp(memory, BACKEND);
    }
}
