// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

/// An address and a port.
public record SocketRow(String address, int port) {

    @Override
    public String toString() {
        return Text.socket(address, port);
    }
}
