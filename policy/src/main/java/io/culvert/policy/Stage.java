// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

/// The stages of a verdict, in the order in which they are asked.
public enum Stage {
    ADMIN,
    NETWORK_POLICY,
    BASELINE
}
