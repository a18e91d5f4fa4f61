// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import java.util.List;

/// One element of `ipcache list`: whose labels the pod at an address has.
///
/// @param identity in the kernel's maps; 0: it is in none
/// @param pod `namespace/name`; empty where nobody knows names
public record IpcacheRow(String address, int identity, String pod) {

    public static List<Column<IpcacheRow>> columns() {
        return List.of(
                Column.of("Address", IpcacheRow::address),
                Column.of("Identity", row -> row.identity() == 0 ? "-" : Integer.toString(row.identity())),
                Column.of("Pod", row -> Text.orDash(row.pod())));
    }
}
