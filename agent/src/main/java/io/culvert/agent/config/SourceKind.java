// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

/// Where the wanted state comes from.
public enum SourceKind {
    KUBERNETES,
    MANIFESTS
}
