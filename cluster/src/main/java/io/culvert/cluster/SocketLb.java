// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

/// Whether the sockets of a pod are translated when they connect, or its packets at its interface.
public enum SocketLb {
    /// Sockets.
    ON,
    /// Packets, because annotation `culvert.io/socket-lb` is `off`.
    OFF,
    /// Packets, because the pod has a sidecar of a service mesh: it redirects connections within the pod by the
    /// address of the Service, which translated sockets would not show.
    OFF_FOR_SIDECAR
}
