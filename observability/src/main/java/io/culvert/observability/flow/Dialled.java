// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.flow;

import io.culvert.maps.event.EventBlock;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.RawEvent;
import io.culvert.net.Protocol;
import io.culvert.observability.count.TcpSign;

/// What pods dialled a moment ago. Where a socket was translated, the packet that opens the connection shows that as it
/// leaves its pod; the stack then takes the socket from it, so that the verdict at the other pod no longer knows of any
/// Service. Here that one is told what the first said. For the thread that reads events. The last openings are kept;
/// one is forgotten for another of its place.
final class Dialled {

    private static final int OPENINGS = 1024;

    /// Longer than a program waits until it tells once more of datagrams of one tuple.
    private static final long NANOS = 5_000_000_000L;

    private final EventBlock openings = new EventBlock(OPENINGS);

    /// Notes what opens a connection where a pod sends it, and completes what is told of one where a pod receives it.
    void complete(RawEvent flow) {
        if (flow.hook() == EventHook.FROM_POD.number()) {
            if (opens(flow)) {
                boolean translated = flow.has(EventFlag.ADDRESSED);
                openings.set(translated ? translatedPlace(flow) : place(flow), flow);
            }
        } else if (flow.hook() == EventHook.TO_POD.number() && isVerdict(flow) && !flow.has(EventFlag.SERVICE)) {
            RawEvent opening = openings.get(place(flow));
            if (isOf(opening, flow)) {
                flow.takeDialled(opening);
            }
        }
    }

    private static boolean isVerdict(RawEvent flow) {
        return flow.kind() == EventKind.VERDICT.number() || flow.kind() == EventKind.DROP.number();
    }

    private static boolean opens(RawEvent flow) {
        return flow.protocol() == Protocol.TCP.number()
                ? TcpSign.opens(flow.tcpFlags())
                : flow.protocol() == Protocol.UDP.number();
    }

    private static boolean isOf(RawEvent opening, RawEvent flow) {
        return opening.has(EventFlag.SERVICE)
                && opening.has(EventFlag.ADDRESSED)
                && flow.time() - opening.time() < NANOS
                && opens(flow)
                && opening.protocol() == flow.protocol()
                && opening.sourcePort() == flow.sourcePort()
                && opening.translatedPort() == flow.destinationPort()
                && opening.sourceLow() == flow.sourceLow()
                && opening.sourceHigh() == flow.sourceHigh()
                && opening.translatedLow() == flow.destinationLow()
                && opening.translatedHigh() == flow.destinationHigh();
    }

    private static int place(RawEvent flow) {
        return place(flow, flow.destinationLow(), flow.destinationPort());
    }

    private static int translatedPlace(RawEvent flow) {
        return place(flow, flow.translatedLow(), flow.translatedPort());
    }

    private static int place(RawEvent flow, long receiver, int port) {
        long mixed = (flow.sourceLow() * 31 + receiver) * 31 + flow.sourcePort() + ((long) port << 16);
        return (int) ((mixed * 0x9e3779b97f4a7c15L) >>> (Long.SIZE - Integer.numberOfTrailingZeros(OPENINGS)));
    }
}
