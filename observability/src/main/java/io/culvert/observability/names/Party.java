// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.names;

import java.util.List;
import java.util.Locale;

/// One end of a flow: a pod, or what is known of an address that belongs to none.
///
/// @param identity as it is shown; of who is no pod, a [Reserved]'s number
/// @param namespace of the pod; else empty
/// @param pod its name; else empty
/// @param endpoint number of a pod of this node; else 0
/// @param labels sorted, each with its source: `k8s:app=web`, `reserved:world`
/// @param workloads what the pod was made by
public record Party(
        int identity, int endpoint, String namespace, String pod, List<String> labels, List<Workload> workloads) {

    /// Something that makes pods, such as a Deployment.
    public record Workload(String kind, String name) {}

    /// Who is no pod, with Hubble's numbers.
    public enum Reserved {
        /// Nobody knows: a process of no pod, or no address.
        UNKNOWN(0),
        /// This node.
        HOST(1),
        /// Who is outside of the cluster, or not known.
        WORLD(2),
        /// Another node.
        REMOTE_NODE(6);

        private final int identity;

        Reserved(int identity) {
            this.identity = identity;
        }

        public int identity() {
            return identity;
        }

        /// As a label has it: `remote-node`.
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /// The party that this is.
        public Party party() {
            return new Party(identity, "", "", List.of("reserved:" + text()), List.of());
        }
    }

    public Party {
        labels = List.copyOf(labels);
        workloads = List.copyOf(workloads);
    }

    /// Without a number.
    public Party(int identity, String namespace, String pod, List<String> labels, List<Workload> workloads) {
        this(identity, 0, namespace, pod, labels, workloads);
    }

    public boolean isPod() {
        return !pod.isEmpty();
    }
}
