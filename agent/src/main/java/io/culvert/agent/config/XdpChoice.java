// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

/// Whether packets are translated before the stack, on the devices of the node: see docs/xdp.md.
public enum XdpChoice {
    /// In the driver where it can, else generically.
    AUTO,
    /// In the driver, or not at all.
    NATIVE,
    /// Behind the driver, whatever that can.
    GENERIC,
    /// All is left to the programs behind the stack.
    OFF
}
