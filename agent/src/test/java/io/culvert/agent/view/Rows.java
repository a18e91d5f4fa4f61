// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

/// Rows that tests of several packages use.
public final class Rows {

    /// A pod's connection to Service web, which sees the pod's own address.
    public static final ConnectionRow CONNECTION = new ConnectionRow(
            "TCP",
            "default/web:http",
            new SocketRow("10.1.0.9", 40312),
            new SocketRow("10.96.0.10", 80),
            new SocketRow("10.1.0.3", 8080),
            new SocketRow("10.1.0.9", 40312),
            7,
            "established",
            12.5,
            0.25,
            86399.75,
            10,
            1000,
            9,
            9000);

    private Rows() {}
}
