// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.model;

import io.culvert.maps.DropReason;
import io.culvert.maps.Flow;
import io.culvert.maps.FlowFlag;
import io.culvert.maps.FlowKey;
import io.culvert.maps.PacketCount;
import java.util.HashMap;
import java.util.Map;

/// Holds the maps to what the model has in theirs: no entry is lost, and none is too many.
final class Comparison {

    private static final long SECOND = 1_000_000_000L;

    /// Seconds that a run may take, less than half of what ages differ by.
    private static final long SLACK = 4000;

    private Comparison() {}

    static void compare(Kernel kernel, DatapathModel model) {
        Map<FlowKey, Flow> flows = kernel.flows();
        Map<Connection, Long> began = new HashMap<>();
        long now = System.nanoTime();
        for (Entry entry : model.flows.entries.values()) {
            Flow flow = flows.remove(entry.key());
            if (flow == null) {
                throw new Disagreement("an entry is lost: " + entry.role + " " + entry.key());
            }
            compare(entry, flow, (now - flow.lastSeen()) / SECOND);
            same(flow, "created", began.computeIfAbsent(entry.connection, _ -> flow.created()), flow.created());
        }
        if (!flows.isEmpty()) {
            throw new Disagreement("entries too many: " + flows.values());
        }
        for (DropReason reason : DropReason.values()) {
            PacketCount expected = model.refuser.drops.getOrDefault(reason, PacketCount.ZERO);
            same("drops", reason.name(), expected, kernel.drops(reason));
        }
    }

    private static void compare(Entry entry, Flow flow, long age) {
        Connection connection = entry.connection;
        same(flow, "protocol", connection.protocol, flow.protocol());
        same(flow, "role", entry.role, flow.role());
        same(flow, "client", connection.client, flow.client());
        same(flow, "service", connection.service, flow.service());
        same(flow, "backend", connection.backend, flow.backend());
        same(flow, "source", connection.source, flow.source());
        same(flow, "masquerade", connection.masquerade, flow.masquerade());
        same(flow, "service index", connection.serviceIndex, flow.serviceIndex());
        same(flow, "backend id", connection.backendId, flow.backendId());
        // Whether it is counted is compared with the counts: see ConnectionCountKernelTest.
        same(flow, "state", entry.state, flow.state() & ~FlowFlag.RELEASED.bit());
        same(flow, "begins", connection.begins, flow.begins());
        same(flow, "packets", entry.packets, flow.packets());
        same(flow, "bytes", entry.bytes, flow.bytes());
        if (age < entry.age - 1 || age > entry.age + SLACK) {
            throw new Disagreement("age: expected " + entry.age + " s, but was " + age + ", of " + flow);
        }
    }

    private static void same(Object of, String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            throw new Disagreement(what + ": expected " + expected + ", but was " + actual + ", of " + of);
        }
    }
}
