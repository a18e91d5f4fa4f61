// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.maps.event.Event;
import io.culvert.net.IpAddress;
import java.util.UUID;

/// Names a flow: the same each time it is shown, and after a restart of the agent. Its time, and a number made of the
/// node and of what is in the record; version 8 of RFC 9562.
final class FlowUuid {

    private static final long VERSION = 0x8000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private FlowUuid() {}

    static String of(String node, Event event) {
        long high = (event.time() & ~0xf000L) | VERSION;
        long hash = mix(node.hashCode(), event.time());
        hash = mix(hash, event.source().address());
        hash = mix(hash, event.destination().address());
        hash = mix(
                hash, ((long) event.source().port() << 32) | event.destination().port());
        hash = mix(hash, (event.kind().number() << 8) | event.hook().number());
        hash = mix(hash, (event.protocol() << 8) | event.tcpFlags());
        hash = mix(hash, event.detail().first());
        return new UUID(high, (hash >>> 2) | VARIANT).toString();
    }

    private static long mix(long hash, IpAddress address) {
        return mix(mix(hash, address.high()), address.low());
    }

    /// The finalizer of MurmurHash3: every bit of the input changes about half of the result's.
    private static long mix(long hash, long word) {
        long mixed = hash * 31 + word;
        mixed = (mixed ^ mixed >>> 33) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ mixed >>> 33;
    }
}
