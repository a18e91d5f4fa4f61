// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import java.util.List;

/// Looks at one thing. Never throws for what it finds.
@FunctionalInterface
public interface Check {

    /// At least one finding, so that a reader sees that the check was made.
    List<Finding> examine(Machine machine);
}
