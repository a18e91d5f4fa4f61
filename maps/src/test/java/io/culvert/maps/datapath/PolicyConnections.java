// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfMap;
import io.culvert.maps.ArrayMemory;
import io.culvert.maps.ConnectionKey;
import io.culvert.maps.IpPort;
import io.culvert.maps.MappedArray;
import io.culvert.maps.PolicyConnection;
import io.culvert.maps.PolicyFlow;
import io.culvert.maps.Tables;
import io.culvert.net.IpAddress;
import io.culvert.net.Protocol;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// The connections that programs of policies remember, wherever they do.
final class PolicyConnections implements AutoCloseable {

    /// It is not known when that was seen last, so that it is not over.
    private static final PolicyConnection OTHER = new PolicyConnection(
            Optional.of(ConnectionKey.between(
                    Protocol.TCP.number(),
                    new IpPort(IpAddress.of("2001:db8::1"), 1),
                    new IpPort(IpAddress.of("2001:db8::2"), 1))),
            new PolicyFlow(PolicyFlow.Side.NONE, PolicyFlow.Side.NONE, PolicyFlow.ESTABLISHED, 0, 0));

    private final ServiceTables tables;
    private final BpfMap others;
    private final MappedArray<PolicyConnection> tcp;
    private final MemorySegment taken;

    PolicyConnections(ServiceTables tables, BpfMap others, BpfMap tcp) {
        this.tables = tables;
        this.others = others;
        this.tcp = new MappedArray<>(Tables.POLICY_TCP.name(), PolicyConnection.CODEC, tcp.duplicate());
        ArrayMemory.View view = this.tcp.memory().view();
        taken = MemorySegment.ofArray(new long[(int) (view.memory().byteSize() / Long.BYTES)]);
        for (int place = 0; place < view.entries(); place++) {
            PolicyConnection.CODEC.write(taken, view.offset(place), OTHER);
        }
    }

    Optional<PolicyFlow> find(ConnectionKey key) {
        OptionalInt place = place(key);
        return place.isPresent() ? Optional.of(tcp.get(place.getAsInt()).flow()) : tables.get(Tables.POLICY_FLOWS, key);
    }

    /// Whether a connection has a place of its own.
    boolean isPlaced(ConnectionKey key) {
        return place(key).isPresent();
    }

    /// Writes over a connection that is there.
    void replace(ConnectionKey key, PolicyFlow flow) {
        place(key)
                .ifPresentOrElse(
                        place -> tcp.set(place, new PolicyConnection(Optional.of(key), flow)),
                        () -> tables.put(Tables.POLICY_FLOWS, key, flow));
    }

    void remove(ConnectionKey key) {
        place(key).ifPresent(place -> tcp.set(place, PolicyConnection.NONE));
        tables.remove(Tables.POLICY_FLOWS, key);
    }

    int count() {
        return tables.count(Tables.POLICY_FLOWS)
                + (int) IntStream.range(0, tcp.maxEntries())
                        .filter(place -> tcp.get(place).key().isPresent()
                                && !tcp.get(place).equals(OTHER))
                        .count();
    }

    /// Forgets all of them.
    ///
    /// @param crowded whether each place is to be taken by a connection that nobody has
    void clear(boolean crowded) {
        MemorySegment memory = tcp.memory().view().memory();
        memory.copyFrom(crowded ? taken : MemorySegment.ofArray(new byte[(int) memory.byteSize()]));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocate(Tables.POLICY_FLOWS.key().size(), Long.BYTES);
            while (others.nextKey(MemorySegment.NULL, key)) {
                others.delete(key);
            }
        }
    }

    private OptionalInt place(ConnectionKey key) {
        return IntStream.range(0, tcp.maxEntries())
                .filter(place -> tcp.get(place).key().filter(key::equals).isPresent())
                .findFirst();
    }

    @Override
    public void close() {
        tcp.close();
    }
}
