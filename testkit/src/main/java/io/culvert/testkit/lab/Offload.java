// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

/// What a device of a host does for the stack, or pretends to do, as veth does (`ETHTOOL_S*` of linux/ethtool.h). Where
/// it is off, the stack does it before the device has the packet. Set by ioctl(2), so that nobody needs ethtool(8).
public enum Offload {
    /// Checksums of what is sent. With it a packet between namespaces has only begun its checksum.
    TX_CHECKSUM(0x17),
    /// TCP segments of more than the MTU.
    TSO(0x1f),
    /// The same of any protocol.
    GSO(0x24);

    private static final String PROGRAM = """
            import array, fcntl, socket, struct, sys
            value = array.array("B", struct.pack("=II", int(sys.argv[2]), int(sys.argv[3])))
            request = struct.pack("16sP", sys.argv[1].encode(), value.buffer_info()[0])
            fcntl.ioctl(socket.socket(), 0x8946, request + bytes(16))
            """;

    private final int command;

    Offload(int command) {
        this.command = command;
    }

    /// Switches it on or off.
    public void set(LabHost host, String device, boolean on) {
        host.exec("python3", "-c", PROGRAM, device, Integer.toString(command), on ? "1" : "0")
                .orThrow();
    }
}
