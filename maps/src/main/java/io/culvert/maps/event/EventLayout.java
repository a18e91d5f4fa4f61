// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import io.culvert.maps.layout.CTypes;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// `struct event`: 128 bytes.
final class EventLayout {

    static final StructLayout LAYOUT = CTypes.struct(
            "event",
            CTypes.U64.withName("time"),
            CTypes.IP.withName("source"),
            CTypes.IP.withName("destination"),
            CTypes.IP.withName("translated"),
            CTypes.BE16.withName("source_port"),
            CTypes.BE16.withName("destination_port"),
            CTypes.BE16.withName("translated_port"),
            CTypes.U8.withName("kind"),
            CTypes.U8.withName("verdict"),
            CTypes.U32.withName("ifindex"),
            CTypes.U32.withName("service"),
            CTypes.U32.withName("source_identity"),
            CTypes.U32.withName("destination_identity"),
            CTypes.U32.withName("rule"),
            CTypes.U32.withName("length"),
            CTypes.U16.withName("flags"),
            CTypes.U8.withName("protocol"),
            CTypes.U8.withName("reason"),
            CTypes.U8.withName("hook"),
            CTypes.U8.withName("tcp_flags"),
            CTypes.U8.withName("icmp_type"),
            CTypes.U8.withName("icmp_code"),
            MemoryLayout.sequenceLayout(4, CTypes.U64).withName("detail"));

    static final long SIZE = LAYOUT.byteSize();
    static final long SOURCE = CTypes.offset(LAYOUT, "source");
    static final long DESTINATION = CTypes.offset(LAYOUT, "destination");
    static final long TRANSLATED = CTypes.offset(LAYOUT, "translated");
    static final long DETAIL = CTypes.offset(LAYOUT, "detail");
    static final VarHandle TIME = CTypes.member(LAYOUT, "time");
    static final VarHandle SOURCE_PORT = CTypes.member(LAYOUT, "source_port");
    static final VarHandle DESTINATION_PORT = CTypes.member(LAYOUT, "destination_port");
    static final VarHandle TRANSLATED_PORT = CTypes.member(LAYOUT, "translated_port");
    static final VarHandle KIND = CTypes.member(LAYOUT, "kind");
    static final VarHandle VERDICT = CTypes.member(LAYOUT, "verdict");
    static final VarHandle IFINDEX = CTypes.member(LAYOUT, "ifindex");
    static final VarHandle SERVICE = CTypes.member(LAYOUT, "service");
    static final VarHandle SOURCE_IDENTITY = CTypes.member(LAYOUT, "source_identity");
    static final VarHandle DESTINATION_IDENTITY = CTypes.member(LAYOUT, "destination_identity");
    static final VarHandle RULE = CTypes.member(LAYOUT, "rule");
    static final VarHandle LENGTH = CTypes.member(LAYOUT, "length");
    static final VarHandle FLAGS = CTypes.member(LAYOUT, "flags");
    static final VarHandle PROTOCOL = CTypes.member(LAYOUT, "protocol");
    static final VarHandle REASON = CTypes.member(LAYOUT, "reason");
    static final VarHandle HOOK = CTypes.member(LAYOUT, "hook");
    static final VarHandle TCP_FLAGS = CTypes.member(LAYOUT, "tcp_flags");
    static final VarHandle ICMP_TYPE = CTypes.member(LAYOUT, "icmp_type");
    static final VarHandle ICMP_CODE = CTypes.member(LAYOUT, "icmp_code");

    private EventLayout() {}
}
