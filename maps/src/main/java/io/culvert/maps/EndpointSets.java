// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/// What a pod is held to: indexes into `policy_sets`, 0 where no policy selects it in that direction.
public record EndpointSets(int ingress, int egress) {

    static final StructLayout LAYOUT =
            CTypes.struct("endpoint_sets", CTypes.U32.withName("ingress"), CTypes.U32.withName("egress"));

    private static final VarHandle INGRESS = CTypes.member(LAYOUT, "ingress");
    private static final VarHandle EGRESS = CTypes.member(LAYOUT, "egress");

    /// No policy selects the pod.
    public static final EndpointSets NONE = new EndpointSets(0, 0);

    static EndpointSets read(MemorySegment memory, long offset) {
        return new EndpointSets((int) INGRESS.get(memory, offset), (int) EGRESS.get(memory, offset));
    }

    void write(MemorySegment memory, long offset) {
        INGRESS.set(memory, offset, ingress);
        EGRESS.set(memory, offset, egress);
    }

    /// For example `in 3 out 0`.
    @Override
    public String toString() {
        return "in " + ingress + " out " + egress;
    }
}
