// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.loader.netlink.NetlinkException;
import io.culvert.loader.netlink.NetworkChange;
import io.culvert.loader.netlink.NetworkListener;
import io.culvert.loader.netlink.NetworkMonitor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls one action whenever links, addresses or routes of this network namespace changed, on a thread of its own.
/// Changes that come while the action runs are answered by one more run. An action that fails runs again after a
/// second.
public final class NetworkWatch implements NetworkListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NetworkWatch.class);
    private static final long RETRY_NANOS = 1_000_000_000L;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Runnable action;
    private final Consumer<NetworkChange> heard;
    private final NetworkMonitor monitor;
    private final Thread thread;
    private boolean changed;
    private boolean closed;

    private NetworkWatch(Runnable action, Consumer<NetworkChange> heard) {
        this.action = action;
        this.heard = heard;
        this.monitor = NetworkMonitor.start(this);
        this.thread = Thread.ofPlatform().name("node-network").daemon().unstarted(this::run);
    }

    /// Changes after this returns are not missed; the action does not run for what was there before.
    ///
    /// @param heard is told of each change at once, on a thread that it must not hold up
    public static NetworkWatch start(Runnable action, Consumer<NetworkChange> heard) {
        NetworkWatch watch = new NetworkWatch(action, heard);
        watch.thread.start();
        return watch;
    }

    /// Has the action run soon, for a reason that the network does not tell of.
    public void trigger() {
        lock.lock();
        try {
            changed = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void changed(NetworkChange change) {
        heard.accept(change);
        trigger();
    }

    @Override
    public void lost() {
        trigger();
    }

    @Override
    public void failed(NetlinkException reason) {
        LOG.error(
                "watch the network: {}; new pods and devices get no programs until the agent is restarted",
                reason.getMessage());
    }

    private void run() {
        try {
            boolean failed = false;
            while (await(failed)) {
                failed = !attempt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean attempt() {
        try {
            action.run();
            return true;
        } catch (RuntimeException e) {
            LOG.warn("follow the network: {}; trying again", e.getMessage());
            LOG.debug("follow the network", e);
            return false;
        }
    }

    /// Whether to run; false at the end.
    private boolean await(boolean again) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = again ? RETRY_NANOS : Long.MAX_VALUE;
            while (!changed && !closed && left > 0) {
                left = news.awaitNanos(left);
            }
            changed = false;
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        monitor.close();
        lock.lock();
        try {
            closed = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
