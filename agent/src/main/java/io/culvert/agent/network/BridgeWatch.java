// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.loader.netlink.NetlinkException;
import io.culvert.loader.netlink.NetworkChange;
import io.culvert.loader.netlink.NetworkListener;
import io.culvert.loader.netlink.NetworkMonitor;
import io.culvert.loader.netlink.Rtnetlink;
import io.culvert.net.IpAddress;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps [BridgeTables] in step with the kernel, and says when links may have changed.
public final class BridgeWatch implements NetworkListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BridgeWatch.class);

    private final BridgeTables tables;
    private final Supplier<Map<IpAddress, Integer>> current;
    private final Runnable changed;
    private final NetworkMonitor monitor;
    private Map<IpAddress, Integer> links = Map.of();

    private BridgeWatch(BridgeTables tables, Supplier<Map<IpAddress, Integer>> current, Runnable changed) {
        this.tables = tables;
        this.current = current;
        this.changed = changed;
        this.monitor = NetworkMonitor.startNeighbours(this);
    }

    /// Follows the namespace of the calling thread.
    ///
    /// @param current links by what the tables say now
    /// @param changed is called by a thread of the watch, and returns soon
    public static BridgeWatch start(BridgeTables tables, Supplier<Map<IpAddress, Integer>> current, Runnable changed) {
        BridgeWatch watch = new BridgeWatch(tables, current, changed);
        watch.read();
        return watch;
    }

    private void read() {
        tables.read(Rtnetlink::neighbours, Rtnetlink::bridgeEntries);
        compare();
    }

    @Override
    public void changed(NetworkChange change) {
        if (tables.take(change)) {
            compare();
        }
    }

    /// Most stations of a network are no pods.
    private synchronized void compare() {
        Map<IpAddress, Integer> now = current.get();
        if (!now.equals(links)) {
            links = now;
            changed.run();
        }
    }

    @Override
    public void lost() {
        read();
    }

    @Override
    public void failed(NetlinkException reason) {
        LOG.error(
                "watch neighbours and bridges: {}; new pods on a bridge are known by their addresses only until the"
                        + " agent is restarted",
                reason.getMessage());
    }

    @Override
    public void close() {
        monitor.close();
    }
}
