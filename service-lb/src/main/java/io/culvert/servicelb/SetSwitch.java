// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.maps.Frontend;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.servicelb.desired.DesiredFrontend;
import java.util.Map;

/// What happens to the sets of endpoints that the frontends of a port ask for, on the way from those that lead to it
/// to those that should.
///
/// @param needsBoth some frontend that leads to the port asks for a set that none should ask for. Frontends are
///     switched and removed while both sets are there to be chosen from
/// @param takesAway that, or some frontend changes the set that clients from outside or inside are given
record SetSwitch(boolean needsBoth, boolean takesAway) {

    static SetSwitch of(Map<FrontendKey, Frontend> held, Map<FrontendKey, DesiredFrontend> wanted) {
        boolean local = false;
        boolean cluster = false;
        for (DesiredFrontend frontend : wanted.values()) {
            local |= frontend.localSet();
            cluster |= asksForCluster(frontend.type(), frontend.localSet());
        }
        boolean needsBoth = false;
        boolean flips = false;
        for (Map.Entry<FrontendKey, Frontend> entry : held.entrySet()) {
            Frontend frontend = entry.getValue();
            needsBoth |= (frontend.localSet() && !local)
                    || (asksForCluster(frontend.type(), frontend.localSet()) && !cluster);
            DesiredFrontend next = wanted.get(entry.getKey());
            flips |= next != null && next.localSet() != frontend.localSet();
        }
        return new SetSwitch(needsBoth, needsBoth || flips);
    }

    /// Pods and this node are given the cluster set wherever the policy is an external one.
    private static boolean asksForCluster(FrontendType type, boolean localSet) {
        return type != FrontendType.CLUSTER_IP || !localSet;
    }
}
