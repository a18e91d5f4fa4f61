// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

/// A socket that answers with the name of its host and with the client that it sees, until it is closed.
public final class LabServer extends OpenSocket {

    LabServer(LabSockets sockets, int handle) {
        super(sockets, handle);
    }
}
