// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.util.OptionalInt;

/// Hashes that choose backends, as programs compute them (`select_hash.h`). They depend on nothing that only
/// one node knows, so that every node chooses the same.
public final class ConnectionHash {

    private static final long SEED = 0x43756c7665727431L;
    private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;
    private static final long LAST = 0xbf58476d1ce4e5b9L;

    private ConnectionHash() {}

    /// Where a connection lies among all that an algorithm tells apart; empty where that is left to chance or
    /// to turns.
    public static OptionalInt of(Algorithm algorithm, IpPort client, IpPort destination, Protocol protocol) {
        return switch (algorithm) {
            case SOURCE_HASH -> OptionalInt.of(finish(add(SEED, client.address())));
            case DESTINATION_HASH -> OptionalInt.of(finish(add(SEED, destination.address())));
            case MAGLEV -> {
                long ports = ((long) protocol.number() << 32) | ((long) client.port() << 16) | destination.port();
                yield OptionalInt.of(finish(add(add(add(SEED, client.address()), destination.address()), ports)));
            }
            case RANDOM,
                    ROUND_ROBIN,
                    WEIGHTED_ROUND_ROBIN,
                    LEAST_CONNECTION,
                    WEIGHTED_LEAST_CONNECTION,
                    SHORTEST_EXPECTED_DELAY,
                    NEVER_QUEUE,
                    POWER_OF_TWO -> OptionalInt.empty();
        };
    }

    /// The entry of a table that a hash falls to.
    public static int entry(int hash, int entries) {
        return (int) ((Integer.toUnsignedLong(hash) * entries) >>> 32);
    }

    /// A hash of an address and port, where a seed makes several of one.
    public static long of(IpAddress address, int port, long seed) {
        long hash = add(add(SEED ^ seed, address), port);
        return (Integer.toUnsignedLong(finish(hash)) << 32) | Integer.toUnsignedLong(finish(add(hash, seed)));
    }

    private static long add(long hash, IpAddress address) {
        return add(add(hash, address.high()), address.low());
    }

    private static long add(long hash, long value) {
        long mixed = (hash ^ value) * MULTIPLIER;
        return mixed ^ (mixed >>> 32);
    }

    private static int finish(long hash) {
        return (int) (((hash ^ (hash >>> 29)) * LAST) >>> 32);
    }
}
