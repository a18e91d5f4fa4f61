// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.flows;

import io.culvert.cluster.ObjectName;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// The number of a pod of this node, in flows and in `culvert endpoint list`. It is made of the pod's name and uid, so
/// that it is the same after a restart of the agent, and another one for a later pod of the same name. Of the 110 pods
/// of a full node two are the same on one node of 2,800.
public final class EndpointId {

    private static final int LARGEST = (1 << 24) - 1;

    private EndpointId() {}

    /// @param uid may be empty
    /// @return from 1 on
    public static int of(ObjectName pod, String uid) {
        CRC32C sum = new CRC32C();
        sum.update((pod + " " + uid).getBytes(StandardCharsets.UTF_8));
        return (int) (sum.getValue() % LARGEST) + 1;
    }
}
