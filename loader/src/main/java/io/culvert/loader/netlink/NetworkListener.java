// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

/// Is told of changes by a [NetworkMonitor], on the monitor's one thread.
public interface NetworkListener {

    /// Something was added, changed or removed.
    void changed(NetworkChange change);

    /// Changes were lost, because they came faster than they were taken. Everything has to be read anew; changes that
    /// follow this call happened after the loss.
    void lost();

    /// The monitor stopped because of an error and reports nothing any more.
    void failed(NetlinkException reason);
}
