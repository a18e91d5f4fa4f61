// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.loader.netlink.MacAddress;
import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// Where packets for a pod of this node may be handed over without the stack in between: the value of `local_pods`.
///
/// @param ifindex the host's side of its interface
/// @param mac the pod's
/// @param router of what routes to the pod: the host's side, or the bridge that it is a port of
public record LocalPod(int ifindex, MacAddress mac, MacAddress router) {

    /// Programs tell another interface by its index in as many bits.
    public static final int MAX_IFINDEX = (1 << 30) - 1;

    private static final MemoryLayout MAC = MemoryLayout.sequenceLayout(3, CTypes.BE16);

    static final StructLayout LAYOUT =
            CTypes.struct("local_pod", CTypes.U32.withName("ifindex"), MAC.withName("mac"), MAC.withName("router"));

    /// `struct local_pod`
    public static final Codec<LocalPod> CODEC = new LocalPodCodec();

    /// For example `interface 7, 02:42:ac:11:00:02 behind 02:42:ac:11:00:01`.
    @Override
    public String toString() {
        return "interface " + ifindex + ", " + mac + " behind " + router;
    }

    private static final class LocalPodCodec implements Codec<LocalPod> {

        private static final VarHandle IFINDEX = CTypes.member(LAYOUT, "ifindex");
        private static final long POD = CTypes.offset(LAYOUT, "mac");
        private static final long ROUTER = CTypes.offset(LAYOUT, "router");

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public LocalPod read(MemorySegment memory, long offset) {
            return new LocalPod(
                    (int) IFINDEX.get(memory, offset), mac(memory, offset + POD), mac(memory, offset + ROUTER));
        }

        @Override
        public void write(MemorySegment memory, long offset, LocalPod pod) {
            IFINDEX.set(memory, offset, pod.ifindex);
            mac(memory, offset + POD, pod.mac);
            mac(memory, offset + ROUTER, pod.router);
        }

        private static MacAddress mac(MemorySegment memory, long offset) {
            long bits = 0;
            for (int part = 0; part < 3; part++) {
                bits = (bits << 16) | Short.toUnsignedLong(memory.get(CTypes.BE16, offset + 2L * part));
            }
            return new MacAddress(bits);
        }

        private static void mac(MemorySegment memory, long offset, MacAddress mac) {
            for (int part = 0; part < 3; part++) {
                memory.set(CTypes.BE16, offset + 2L * part, (short) (mac.bits() >>> (32 - 16 * part)));
            }
        }
    }
}
