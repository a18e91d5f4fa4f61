// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.cluster.SocketLb;
import io.culvert.maps.datapath.Datapath;
import java.util.HashMap;
import java.util.Map;

/// Keeps the kernel's list of opted-out cgroups in step with pods and their cgroups. A cgroup may come after its pod
/// object, so what is missing is looked for again.
final class OptOutKeeper {

    private final Datapath datapath;
    private final OptOuts cgroups;
    private Map<String, SocketLb> wanted = Map.of();
    private Map<String, Long> written = Map.of();
    private boolean synced;

    OptOutKeeper(Datapath datapath, OptOuts cgroups) {
        this.datapath = datapath;
        this.cgroups = cgroups;
    }

    /// @param pods of this node that opted out, by uid
    synchronized void want(Map<String, SocketLb> pods) {
        wanted = Map.copyOf(pods);
        look();
    }

    /// Looks for cgroups that were not there yet, and checks the others: a pod that restarts its sandbox gets another.
    synchronized void look() {
        Map<String, Long> found = new HashMap<>(cgroups.find(wanted.keySet()));
        // An earlier agent may have left entries, so the first look writes in any case.
        if (!synced || !found.equals(written)) {
            datapath.control().optOut(OptOuts.ids(found));
            written = found;
            synced = true;
        }
    }

    synchronized boolean idle() {
        return wanted.isEmpty();
    }

    /// Pods whose sockets are left to the packet path, and those whose cgroup has not been found.
    synchronized String summary() {
        int missing = wanted.size() - written.size();
        long sidecars = written.keySet().stream()
                .filter(uid -> wanted.get(uid) == SocketLb.OFF_FOR_SIDECAR)
                .count();
        return written.size()
                + (sidecars == 0 ? "" : ", of them with a sidecar: " + sidecars)
                + (missing == 0 ? "" : " (the cgroups of " + missing + " more were not found)");
    }
}
