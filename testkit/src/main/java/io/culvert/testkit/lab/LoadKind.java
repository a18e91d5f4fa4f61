// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

/// What the sockets of a [Load] do, over and over.
public enum LoadKind {
    /// One TCP connection that is held open and asks; its first error is its last.
    HELD("held"),
    /// A new TCP connection for each question.
    FRESH("fresh"),
    /// One connected UDP socket.
    CONNECTED_UDP("connected"),
    /// One UDP socket that uses sendto(2).
    UNCONNECTED_UDP("unconnected");

    private final String wireName;

    LoadKind(String wireName) {
        this.wireName = wireName;
    }

    String wireName() {
        return wireName;
    }
}
