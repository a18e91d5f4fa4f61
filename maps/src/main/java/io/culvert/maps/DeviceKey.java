// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import io.culvert.maps.layout.Codec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/// An interface that carries packet programs: the key of `devices`.
public record DeviceKey(int ifindex) {

    static final StructLayout LAYOUT = CTypes.struct("device_key", CTypes.U32.withName("ifindex"));

    /// `struct device_key`
    public static final Codec<DeviceKey> CODEC = new DeviceKeyCodec();

    /// For example `interface 7`.
    @Override
    public String toString() {
        return "interface " + ifindex;
    }

    private static final class DeviceKeyCodec implements Codec<DeviceKey> {

        @Override
        public StructLayout layout() {
            return LAYOUT;
        }

        @Override
        public DeviceKey read(MemorySegment memory, long offset) {
            return new DeviceKey(memory.get(CTypes.U32, offset));
        }

        @Override
        public void write(MemorySegment memory, long offset, DeviceKey key) {
            memory.set(CTypes.U32, offset, key.ifindex);
        }
    }
}
