// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.netlink;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/// Keeps what it is told.
class RecordingListener implements NetworkListener {

    final List<NetworkChange> changes = new CopyOnWriteArrayList<>();
    final List<NetlinkException> failures = new CopyOnWriteArrayList<>();

    @Override
    public void changed(NetworkChange change) {
        changes.add(change);
    }

    @Override
    public void lost() {
        failures.add(NetlinkException.of("watch", "changes were lost"));
    }

    @Override
    public void failed(NetlinkException reason) {
        failures.add(reason);
    }

    final boolean saw(boolean removed, NetworkObject object) {
        return changes.contains(new NetworkChange(removed, object));
    }

    final <T extends NetworkObject> boolean saw(boolean removed, Class<T> kind, Predicate<T> condition) {
        return changes.stream()
                .filter(change -> change.removed() == removed)
                .map(NetworkChange::object)
                .filter(kind::isInstance)
                .map(kind::cast)
                .anyMatch(condition);
    }
}
