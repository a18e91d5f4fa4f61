// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.count;

import java.util.ArrayList;
import java.util.List;

/// How often each destination port was dialled: the first so many ports by themselves, all later ones together, so that
/// a scan of ports does not become as many rows.
final class PortCounts {

    /// Ports that are counted by themselves, of all protocols.
    static final int PORTS = 128;

    private static final int SLOTS = 4 * PORTS;
    private static final int MASK = SLOTS - 1;
    private static final int SPREAD = 0x9e3779b9;

    /// Protocol and port plus one; 0: free. Written before its count.
    private final Counters keys = new Counters(SLOTS);

    private final Counters counts = new Counters(SLOTS);
    private final Counters others = new Counters(FlowProtocol.COUNT);
    private int used;

    void add(FlowProtocol protocol, int port) {
        int key = ((protocol.place() << Character.SIZE) | port) + 1;
        int slot = ((key * SPREAD) >>> Character.SIZE) & MASK;
        while (keys.get(slot) != 0 && keys.get(slot) != key) {
            slot = (slot + 1) & MASK;
        }
        if (keys.get(slot) == 0) {
            if (used == PORTS) {
                others.add(protocol.place(), 1);
                return;
            }
            used++;
            keys.add(slot, key);
        }
        counts.add(slot, 1);
    }

    List<FlowCounts.Port> rows() {
        List<FlowCounts.Port> rows = new ArrayList<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            int key = (int) keys.get(slot) - 1;
            if (key >= 0) {
                FlowProtocol protocol = FlowProtocol.at(key >>> Character.SIZE);
                rows.add(new FlowCounts.Port(protocol, key & Character.MAX_VALUE, counts.get(slot)));
            }
        }
        for (FlowProtocol protocol : FlowProtocol.values()) {
            long count = others.get(protocol.place());
            if (count > 0) {
                rows.add(new FlowCounts.Port(protocol, FlowCounts.Port.OTHER, count));
            }
        }
        return rows;
    }
}
