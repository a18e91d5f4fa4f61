// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.maps.layout.CorruptRecordException;
import io.culvert.net.Protocol;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// `struct flow`
final class FlowCodec implements Codec<Flow> {

    static final StructLayout LAYOUT = CTypes.struct(
            "flow",
            CTypes.IP.withName("client"),
            CTypes.IP.withName("service"),
            CTypes.IP.withName("backend"),
            CTypes.BE16.withName("client_port"),
            CTypes.BE16.withName("service_port"),
            CTypes.BE16.withName("backend_port"),
            CTypes.BE16.withName("source_port"),
            CTypes.U8.withName("protocol"),
            CTypes.U8.withName("role"),
            CTypes.U16.withName("state"),
            CTypes.U32.withName("backend_id"),
            CTypes.U64.withName("last_seen"),
            CTypes.U64.withName("packets"),
            CTypes.U64.withName("bytes"),
            CTypes.U64.withName("created"),
            CTypes.IP.withName("source"),
            CTypes.IP.withName("masquerade"),
            CTypes.U32.withName("service_index"),
            CTypes.BE16.withName("masquerade_port"),
            CTypes.U16.withName("begins"));

    private static final long CLIENT = CTypes.offset(LAYOUT, "client");
    private static final long SERVICE = CTypes.offset(LAYOUT, "service");
    private static final long BACKEND = CTypes.offset(LAYOUT, "backend");
    private static final long SOURCE = CTypes.offset(LAYOUT, "source");
    private static final long MASQUERADE = CTypes.offset(LAYOUT, "masquerade");
    private static final VarHandle CLIENT_PORT = CTypes.member(LAYOUT, "client_port");
    private static final VarHandle SERVICE_PORT = CTypes.member(LAYOUT, "service_port");
    private static final VarHandle BACKEND_PORT = CTypes.member(LAYOUT, "backend_port");
    private static final VarHandle SOURCE_PORT = CTypes.member(LAYOUT, "source_port");
    private static final VarHandle MASQUERADE_PORT = CTypes.member(LAYOUT, "masquerade_port");
    private static final VarHandle SERVICE_INDEX = CTypes.member(LAYOUT, "service_index");
    private static final VarHandle BACKEND_ID = CTypes.member(LAYOUT, "backend_id");
    private static final VarHandle CREATED = CTypes.member(LAYOUT, "created");
    private static final VarHandle LAST_SEEN = CTypes.member(LAYOUT, "last_seen");
    private static final VarHandle PACKETS = CTypes.member(LAYOUT, "packets");
    private static final VarHandle BYTES = CTypes.member(LAYOUT, "bytes");
    private static final VarHandle PROTOCOL = CTypes.member(LAYOUT, "protocol");
    private static final VarHandle ROLE = CTypes.member(LAYOUT, "role");
    private static final VarHandle STATE = CTypes.member(LAYOUT, "state");
    private static final VarHandle BEGINS = CTypes.member(LAYOUT, "begins");

    @Override
    public StructLayout layout() {
        return LAYOUT;
    }

    @Override
    public Flow read(MemorySegment memory, long offset) {
        int protocol = Byte.toUnsignedInt((byte) PROTOCOL.get(memory, offset));
        int role = Byte.toUnsignedInt((byte) ROLE.get(memory, offset));
        return new Flow(
                Protocol.ofNumber(protocol).orElseThrow(() -> new CorruptRecordException("flow.protocol: " + protocol)),
                FlowRole.ofNumber(role).orElseThrow(() -> new CorruptRecordException("flow.role: " + role)),
                end(memory, offset, CLIENT, (short) CLIENT_PORT.get(memory, offset)),
                end(memory, offset, SERVICE, (short) SERVICE_PORT.get(memory, offset)),
                end(memory, offset, BACKEND, (short) BACKEND_PORT.get(memory, offset)),
                end(memory, offset, SOURCE, (short) SOURCE_PORT.get(memory, offset)),
                end(memory, offset, MASQUERADE, (short) MASQUERADE_PORT.get(memory, offset)),
                (int) SERVICE_INDEX.get(memory, offset),
                (int) BACKEND_ID.get(memory, offset),
                (long) CREATED.get(memory, offset),
                (long) LAST_SEEN.get(memory, offset),
                (long) PACKETS.get(memory, offset),
                (long) BYTES.get(memory, offset),
                Short.toUnsignedInt((short) STATE.get(memory, offset)),
                Short.toUnsignedInt((short) BEGINS.get(memory, offset)));
    }

    private static IpPort end(MemorySegment memory, long offset, long address, short port) {
        return new IpPort(CTypes.readIp(memory, offset + address), Short.toUnsignedInt(port));
    }

    @Override
    public void write(MemorySegment memory, long offset, Flow flow) {
        CTypes.clear(memory, offset, LAYOUT);
        CTypes.writeIp(memory, offset + CLIENT, flow.client().address());
        CTypes.writeIp(memory, offset + SERVICE, flow.service().address());
        CTypes.writeIp(memory, offset + BACKEND, flow.backend().address());
        CTypes.writeIp(memory, offset + SOURCE, flow.source().address());
        CTypes.writeIp(memory, offset + MASQUERADE, flow.masquerade().address());
        CLIENT_PORT.set(memory, offset, (short) flow.client().port());
        SERVICE_PORT.set(memory, offset, (short) flow.service().port());
        BACKEND_PORT.set(memory, offset, (short) flow.backend().port());
        SOURCE_PORT.set(memory, offset, (short) flow.source().port());
        MASQUERADE_PORT.set(memory, offset, (short) flow.masquerade().port());
        SERVICE_INDEX.set(memory, offset, flow.serviceIndex());
        BACKEND_ID.set(memory, offset, flow.backendId());
        CREATED.set(memory, offset, flow.created());
        LAST_SEEN.set(memory, offset, flow.lastSeen());
        PACKETS.set(memory, offset, flow.packets());
        BYTES.set(memory, offset, flow.bytes());
        PROTOCOL.set(memory, offset, (byte) flow.protocol().number());
        ROLE.set(memory, offset, (byte) flow.role().number());
        STATE.set(memory, offset, (short) flow.state());
        BEGINS.set(memory, offset, (short) flow.begins());
    }
}
