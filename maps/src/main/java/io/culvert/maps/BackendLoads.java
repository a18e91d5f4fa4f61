// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.invoke.VarHandle;
import java.util.function.Supplier;

/// The counts of connections that are open to each backend, which programs change at the same time.
public final class BackendLoads {

    private static final VarHandle NUMBER = JAVA_INT.varHandle();

    private final Supplier<ArrayMemory> memory;

    /// @param loads memory of the map `backend_loads`, which is not mapped before somebody counts
    public BackendLoads(Supplier<ArrayMemory> loads) {
        this.memory = loads;
    }

    /// How many flows count as open to a backend.
    public int flows(int backendId) {
        return open(backendId, BackendLoad.FLOWS);
    }

    /// How many sockets do.
    public int sockets(int backendId) {
        return open(backendId, BackendLoad.SOCKETS);
    }

    private int open(int backendId, long count) {
        return isCounted(backendId, count)
                ? (int) NUMBER.getAcquire(memory.get().view().memory(), place(backendId, count) + BackendLoad.OPEN)
                : 0;
    }

    /// Corrects how many flows are open to a backend. Nothing happens where none was ever counted.
    ///
    /// @param change may be negative
    public void addFlows(int backendId, int change) {
        add(backendId, BackendLoad.FLOWS, change);
    }

    /// The same of sockets.
    public void addSockets(int backendId, int change) {
        add(backendId, BackendLoad.SOCKETS, change);
    }

    private void add(int backendId, long count, int change) {
        if (isCounted(backendId, count)) {
            int _ = (int)
                    NUMBER.getAndAdd(memory.get().view().memory(), place(backendId, count) + BackendLoad.OPEN, change);
        }
    }

    /// Takes a connection out whose entries were just removed.
    ///
    /// @param forward its forward entry as it was
    public void removed(Flow forward) {
        if (isOpen(forward)) {
            addFlows(forward.backendId(), -1);
        }
    }

    /// Whether a forward entry counts at its backend.
    public static boolean isOpen(Flow flow) {
        int bits = FlowFlag.COUNTED.bit() | FlowFlag.RELEASED.bit();
        return flow.role() == FlowRole.FORWARD && (flow.state() & bits) == FlowFlag.COUNTED.bit();
    }

    private boolean isCounted(int backendId, long count) {
        int index = BackendIds.index(backendId);
        ArrayMemory.View view = memory.get().view();
        return index != 0
                && index < view.entries()
                && (int) NUMBER.getAcquire(view.memory(), place(backendId, count)) == backendId;
    }

    private long place(int backendId, long count) {
        return memory.get().view().offset(BackendIds.index(backendId)) + count;
    }
}
