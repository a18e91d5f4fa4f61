// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.names;

import io.culvert.maps.event.Event;
import io.culvert.net.IpAddress;
import java.util.List;
import java.util.UUID;
import java.util.function.LongPredicate;
import java.util.stream.LongStream;

/// Names a flow: the same each time it is shown, and after a restart of the agent. Its time, and a number made of the
/// node and of what is in the record; version 8 of RFC 9562.
public final class FlowUuid {

    /// What of a time is in the name: all but the bits of the version.
    private static final long TIME = ~0xf000L;

    private static final long VERSION = 0x8000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private FlowUuid() {}

    public static String of(String node, Event event) {
        long high = (event.time() & TIME) | VERSION;
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

    /// Times of flows that may have one of these names: of 65 microseconds, one in sixteen. Those that are no such name
    /// have none.
    public static LongPredicate times(List<String> names) {
        long[] known = names.stream().flatMapToLong(FlowUuid::time).distinct().toArray();
        return time -> contains(known, time & TIME);
    }

    private static boolean contains(long[] times, long time) {
        for (long one : times) {
            if (one == time) {
                return true;
            }
        }
        return false;
    }

    private static LongStream time(String name) {
        try {
            return LongStream.of(UUID.fromString(name).getMostSignificantBits() & TIME);
        } catch (IllegalArgumentException _) {
            return LongStream.empty();
        }
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
