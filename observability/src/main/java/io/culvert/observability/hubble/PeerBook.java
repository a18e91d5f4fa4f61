// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import java.util.Map;
import java.util.TreeMap;

/// The nodes of the cluster, and where each serves this API. Safe for use by several threads.
public final class PeerBook {

    /// The cluster that goes without saying.
    private static final String DEFAULT = "default";

    private final String cluster;
    private final boolean tls;
    private Map<String, String> peers = Map.of();
    private long version;

    /// Peers by name: addresses with ports.
    record Page(long version, Map<String, String> peers) {}

    /// @param tls whether the nodes serve with it
    public PeerBook(String cluster, boolean tls) {
        this.cluster = cluster;
        this.tls = tls;
    }

    /// @param addresses by name of a node: `address:port`
    public synchronized void set(Map<String, String> addresses) {
        if (!addresses.equals(peers)) {
            peers = new TreeMap<>(addresses);
            version++;
            notifyAll();
        }
    }

    synchronized Page page() {
        return new Page(version, Map.copyOf(peers));
    }

    /// Waits until there is another version than this, at most so long.
    ///
    /// @throws InterruptedException if the thread is interrupted
    synchronized void await(long known, long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        for (long left = millis; version == known && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    /// As relays show a node.
    String name(String node) {
        return cluster.equals(DEFAULT) ? node : cluster + "/" + node;
    }

    /// What the certificate of a node is for, as relays expect it; empty without TLS.
    String serverName(String node) {
        return tls ? node.replace('.', '-') + "." + cluster.replace('.', '-') + ".hubble-grpc.cilium.io" : "";
    }
}
