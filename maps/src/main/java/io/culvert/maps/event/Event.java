// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.event;

import io.culvert.maps.IpPort;
import io.culvert.maps.layout.Codec;
import java.util.EnumSet;
import java.util.Set;

/// Something that a program tells of: `struct event`. Source and destination are those that the client dialled, or is
/// answered by.
///
/// @param time nanoseconds of CLOCK_MONOTONIC
/// @param source port 0: unknown, or the protocol has none
/// @param translated what the destination became, or of a reply, what its source is shown as
/// @param ifindex of the interface; 0 at a socket
/// @param service index into `services`
/// @param sourceIdentity whose labels; 0: nobody's, or not looked up
/// @param destinationIdentity the same
/// @param rule number of the policy rule that decided; 0: none
/// @param length bytes from the network header
/// @param protocol number of IANA
/// @param reason why it was dropped: number of a [io.culvert.maps.DropReason]; else 0
/// @param tcpFlags as in the header
public record Event(
        long time,
        IpPort source,
        IpPort destination,
        IpPort translated,
        EventKind kind,
        EventVerdict verdict,
        int ifindex,
        int service,
        int sourceIdentity,
        int destinationIdentity,
        int rule,
        int length,
        Set<EventFlag> flags,
        int protocol,
        int reason,
        EventHook hook,
        int tcpFlags,
        int icmpType,
        int icmpCode,
        EventDetail detail) {

    /// `struct event`
    public static final Codec<Event> CODEC = new EventCodec();

    public Event {
        flags = flags.isEmpty() ? Set.of() : Set.copyOf(EnumSet.copyOf(flags));
    }

    public boolean has(EventFlag flag) {
        return flags.contains(flag);
    }

    /// At [EventHook#SOCKET]: the id of the cgroup of who made the system call.
    public long cgroup() {
        return detail.second();
    }
}
