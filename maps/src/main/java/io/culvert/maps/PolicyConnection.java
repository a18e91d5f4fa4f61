// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;
import java.util.Optional;

/// A TCP connection that has a place of its own: the value of `policy_tcp`.
///
/// @param key its ends; empty where there is none
public record PolicyConnection(Optional<ConnectionKey> key, PolicyFlow flow) {

    /// `POLICY_CONNECTIONS`: a power of two.
    public static final int ENTRIES = 65536;

    /// Nothing is here.
    public static final PolicyConnection NONE =
            new PolicyConnection(Optional.empty(), new PolicyFlow(PolicyFlow.Side.NONE, PolicyFlow.Side.NONE, 0, 0, 0));

    static final StructLayout LAYOUT = CTypes.struct(
            "policy_connection",
            CTypes.IP.withName("low"),
            CTypes.IP.withName("high"),
            CTypes.BE16.withName("low_port"),
            CTypes.BE16.withName("high_port"),
            PolicyFlow.LAYOUT.withName("flow"));

    /// `struct policy_connection`
    public static final Codec<PolicyConnection> CODEC = new PolicyConnectionCodec();

    /// For example `TCP 10.1.0.2:40000 - 10.1.0.3:80: egress epoch 7 rule 12, ...`.
    @Override
    public String toString() {
        return key.map(ends -> ends + ": " + flow).orElse("free");
    }

    private static final class PolicyConnectionCodec implements Codec<PolicyConnection> {

        private static final long LOW = CTypes.offset(LAYOUT, "low");
        private static final long HIGH = CTypes.offset(LAYOUT, "high");
        private static final VarHandle LOW_PORT = CTypes.member(LAYOUT, "low_port");
        private static final VarHandle HIGH_PORT = CTypes.member(LAYOUT, "high_port");
        private static final long FLOW = CTypes.offset(LAYOUT, "flow");
        private static final IpPort NO_END = new IpPort(IpAddress.UNSPECIFIED, 0);

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public PolicyConnection read(MemorySegment memory, long offset) {
            IpPort low = end(memory, offset + LOW, (short) LOW_PORT.get(memory, offset));
            IpPort high = end(memory, offset + HIGH, (short) HIGH_PORT.get(memory, offset));
            boolean used = low.port() != 0 && high.port() != 0;
            return new PolicyConnection(
                    used ? Optional.of(new ConnectionKey(low, high, Protocol.TCP.number())) : Optional.empty(),
                    PolicyFlow.CODEC.read(memory, offset + FLOW));
        }

        private static IpPort end(MemorySegment memory, long address, short port) {
            return new IpPort(CTypes.readIp(memory, address), Short.toUnsignedInt(port));
        }

        @Override
        public void write(MemorySegment memory, long offset, PolicyConnection connection) {
            IpPort low = connection.key.map(ConnectionKey::low).orElse(NO_END);
            IpPort high = connection.key.map(ConnectionKey::high).orElse(NO_END);
            CTypes.writeIp(memory, offset + LOW, low.address());
            CTypes.writeIp(memory, offset + HIGH, high.address());
            LOW_PORT.set(memory, offset, (short) low.port());
            HIGH_PORT.set(memory, offset, (short) high.port());
            PolicyFlow.CODEC.write(memory, offset + FLOW, connection.flow);
        }
    }
}
