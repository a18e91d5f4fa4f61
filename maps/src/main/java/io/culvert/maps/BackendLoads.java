// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.invoke.VarHandle;

/// The counts of connections that are open to each backend, which programs change at the same time.
public final class BackendLoads {

    private static final VarHandle NUMBER = JAVA_INT.varHandle();

    private final ArrayMemory memory;

    /// @param loads memory of the map `backend_loads`
    public BackendLoads(ArrayMemory loads) {
        this.memory = loads;
    }

    /// How many flows count as open to a backend.
    public int flows(int backendId) {
        return isCounted(backendId) ? (int) NUMBER.getAcquire(memory.view().memory(), open(backendId)) : 0;
    }

    /// Corrects how many flows are open to a backend. Nothing happens where none was ever counted.
    ///
    /// @param change may be negative
    public void addFlows(int backendId, int change) {
        if (isCounted(backendId)) {
            int _ = (int) NUMBER.getAndAdd(memory.view().memory(), open(backendId), change);
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

    private boolean isCounted(int backendId) {
        int index = BackendIds.index(backendId);
        ArrayMemory.View view = memory.view();
        return index != 0
                && index < view.entries()
                && (int) NUMBER.getAcquire(view.memory(), view.offset(index) + BackendLoad.FLOWS) == backendId;
    }

    private long open(int backendId) {
        return memory.view().offset(BackendIds.index(backendId)) + BackendLoad.FLOWS + BackendLoad.OPEN;
    }
}
