// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// Packets of established TCP that one processor let pass a moment ago: the value of `policy_recent`.
///
/// @param source of the packets, as policies see it
/// @param destination likewise
/// @param ifindex of the pod's interface
/// @param direction [PolicyFlow#EGRESS] or [PolicyFlow#INGRESS]
/// @param epoch when they were judged; 0: unused
/// @param rule number of the rule that counts them; 0: none
/// @param mark of `flow_marks`, when `flows` had no entry of them: twice the count, and 1; 0: it may have one
/// @param jiffies when the connection was looked up last
public record PolicyRecent(
        IpPort source, IpPort destination, int ifindex, int direction, int epoch, int rule, int mark, long jiffies) {

    /// `POLICY_RECENT_BITS`: the table has two to the power of that many entries.
    static final int BITS = 6;

    static final StructLayout LAYOUT = CTypes.struct(
            "policy_recent",
            CTypes.IP.withName("source"),
            CTypes.IP.withName("destination"),
            CTypes.BE16.withName("source_port"),
            CTypes.BE16.withName("destination_port"),
            CTypes.U32.withName("ifindex"),
            CTypes.U32.withName("direction"),
            CTypes.U32.withName("epoch"),
            CTypes.U32.withName("rule"),
            CTypes.U32.withName("mark"),
            CTypes.U64.withName("jiffies"));

    /// `struct policy_recent`
    public static final Codec<PolicyRecent> CODEC = new PolicyRecentCodec();

    /// For example `10.1.0.2:40000 -> 10.1.0.3:80 at interface 12, epoch 7 rule 3`.
    @Override
    public String toString() {
        return source + " -> " + destination + " at interface " + ifindex + ", epoch " + Integer.toUnsignedString(epoch)
                + " rule " + rule;
    }

    private static final class PolicyRecentCodec implements Codec<PolicyRecent> {

        private static final long SOURCE = CTypes.offset(LAYOUT, "source");
        private static final long DESTINATION = CTypes.offset(LAYOUT, "destination");
        private static final VarHandle SOURCE_PORT = CTypes.member(LAYOUT, "source_port");
        private static final VarHandle DESTINATION_PORT = CTypes.member(LAYOUT, "destination_port");
        private static final VarHandle IFINDEX = CTypes.member(LAYOUT, "ifindex");
        private static final VarHandle DIRECTION = CTypes.member(LAYOUT, "direction");
        private static final VarHandle EPOCH = CTypes.member(LAYOUT, "epoch");
        private static final VarHandle RULE = CTypes.member(LAYOUT, "rule");
        private static final VarHandle MARK = CTypes.member(LAYOUT, "mark");
        private static final VarHandle JIFFIES = CTypes.member(LAYOUT, "jiffies");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public PolicyRecent read(MemorySegment memory, long offset) {
            return new PolicyRecent(
                    end(memory, offset + SOURCE, (short) SOURCE_PORT.get(memory, offset)),
                    end(memory, offset + DESTINATION, (short) DESTINATION_PORT.get(memory, offset)),
                    (int) IFINDEX.get(memory, offset),
                    (int) DIRECTION.get(memory, offset),
                    (int) EPOCH.get(memory, offset),
                    (int) RULE.get(memory, offset),
                    (int) MARK.get(memory, offset),
                    (long) JIFFIES.get(memory, offset));
        }

        private static IpPort end(MemorySegment memory, long address, short port) {
            return new IpPort(CTypes.readIp(memory, address), Short.toUnsignedInt(port));
        }

        @Override
        public void write(MemorySegment memory, long offset, PolicyRecent recent) {
            CTypes.writeIp(memory, offset + SOURCE, recent.source.address());
            CTypes.writeIp(memory, offset + DESTINATION, recent.destination.address());
            SOURCE_PORT.set(memory, offset, (short) recent.source.port());
            DESTINATION_PORT.set(memory, offset, (short) recent.destination.port());
            IFINDEX.set(memory, offset, recent.ifindex);
            DIRECTION.set(memory, offset, recent.direction);
            EPOCH.set(memory, offset, recent.epoch);
            RULE.set(memory, offset, recent.rule);
            MARK.set(memory, offset, recent.mark);
            JIFFIES.set(memory, offset, recent.jiffies);
        }
    }
}
