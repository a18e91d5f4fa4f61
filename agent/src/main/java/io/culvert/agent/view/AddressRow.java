// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

/// Where clients connect to.
public record AddressRow(String address, int port, String protocol) {

    /// `10.96.0.10:53/UDP`, `[fd00::1]:53/UDP`.
    @Override
    public String toString() {
        return Text.socket(address, port) + "/" + protocol;
    }
}
