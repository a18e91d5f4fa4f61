// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import io.culvert.maps.AddressKey;
import io.culvert.maps.BpfHashMap;
import io.culvert.maps.Device;
import io.culvert.maps.DeviceKey;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.Tables;
import io.culvert.servicelb.AuditDifference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What programs look up of the node's network: maps `node_addresses` and `devices`. Not thread safe.
final class NetworkTables {

    private final BpfHashMap<AddressKey, Integer> nodeAddresses;
    private final BpfHashMap<DeviceKey, Device> devices;
    private Map<AddressKey, Integer> writtenAddresses = Map.of();
    private Map<DeviceKey, Device> writtenDevices = Map.of();
    private boolean written;

    NetworkTables(MapCatalogue maps) {
        this.nodeAddresses = maps.nodeAddresses();
        this.devices = maps.devices();
    }

    /// Adds and replaces entries; what is there otherwise stays until [#retain].
    void put(Map<AddressKey, Integer> addresses, Map<DeviceKey, Device> interfaces) {
        writtenAddresses = Map.copyOf(addresses);
        writtenDevices = Map.copyOf(interfaces);
        written = true;
        put(nodeAddresses, addresses);
        put(devices, interfaces);
    }

    /// Removes everything but what was put last.
    void retain() {
        retain(nodeAddresses, writtenAddresses);
        retain(devices, writtenDevices);
    }

    /// What differs from what was put last; with `repair`, that is put right. Before the first time what is there is an
    /// earlier agent's, and no difference.
    List<AuditDifference> audit(boolean repair) {
        if (!written) {
            return List.of();
        }
        List<AuditDifference> differences = new ArrayList<>();
        compare(Tables.NODE_ADDRESSES.name(), nodeAddresses, writtenAddresses, differences);
        compare(Tables.DEVICES.name(), devices, writtenDevices, differences);
        if (repair && !differences.isEmpty()) {
            put(writtenAddresses, writtenDevices);
            retain();
        }
        return differences;
    }

    private static <K, V> void compare(
            String name, BpfHashMap<K, V> map, Map<K, V> written, List<AuditDifference> differences) {
        Map<K, V> missing = new HashMap<>(written);
        map.forEach((key, found) -> {
            V expected = missing.remove(key);
            if (!found.equals(expected)) {
                differences.add(AuditDifference.of(name, key, expected, found));
            }
        });
        missing.forEach((key, expected) -> differences.add(AuditDifference.of(name, key, expected, null)));
    }

    private static <K, V> void put(BpfHashMap<K, V> map, Map<K, V> wanted) {
        Map<K, V> different = new HashMap<>(wanted);
        map.forEach(different::remove);
        map.putAll(different);
    }

    private static <K, V> void retain(BpfHashMap<K, V> map, Map<K, V> wanted) {
        map.removeAll(
                map.keys().stream().filter(key -> !wanted.containsKey(key)).toList());
    }
}
