// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

/// The outer header in which packets are handed to backends that answer clients themselves: see docs/dsr.md.
public enum DsrDispatch {
    /// IP in IP: the smaller one.
    IPIP,
    /// Over UDP, for networks that carry nothing else.
    GENEVE
}
