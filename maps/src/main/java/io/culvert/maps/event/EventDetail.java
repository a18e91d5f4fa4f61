// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

/// Numbers that depend on the kind of an event: `detail` of `struct event`.
///
/// | kind | first | second | third | fourth |
/// |---|---|---|---|---|
/// | [EventKind#CLOSE] | bytes of the client | bytes of the backend | packets of both | nanoseconds that it lived |
/// | [EventKind#SOCKET], drops at sockets | socket cookie | id of the cgroup | network namespace cookie | |
/// | [EventKind#LOST] | how many | | | |
public record EventDetail(long first, long second, long third, long fourth) {

    /// Nothing.
    public static final EventDetail NONE = new EventDetail(0, 0, 0, 0);

    /// Packets of the client of a connection that ended.
    public long clientPackets() {
        return third & 0xffffffffL;
    }

    /// Packets of the backend of a connection that ended.
    public long backendPackets() {
        return third >>> Integer.SIZE;
    }
}
