// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import java.io.Serial;
import java.util.List;

/// The agent was told something that it cannot follow.
public final class ConfigException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1;

    private final List<String> lines;

    /// @param lines one for each mistake: where, which setting, what is wrong, what to write
    public ConfigException(List<String> lines) {
        super(String.join("\n", lines));
        this.lines = List.copyOf(lines);
    }

    public List<String> lines() {
        return lines;
    }
}
