// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent;

import java.util.Optional;

/// The version of this program.
public final class Version {

    private Version() {}

    /// From the manifest of the jar; classes outside a jar have none.
    public static String text() {
        return Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
                .orElse("unpackaged");
    }
}
