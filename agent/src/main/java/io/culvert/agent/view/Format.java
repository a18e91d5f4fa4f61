// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

/// How a list is printed.
public enum Format {
    /// Aligned columns, for people.
    TABLE,
    /// With more columns.
    WIDE,
    JSON,
    YAML
}
