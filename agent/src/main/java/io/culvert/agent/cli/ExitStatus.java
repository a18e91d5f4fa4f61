// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

/// What the program's exit status says. Scripts rely on the numbers.
public final class ExitStatus {

    public static final int DONE = 0;
    /// The operation failed, or found what it looks for (`doctor`).
    public static final int FAILED = 1;
    /// Unknown verb, option or value.
    public static final int USAGE = 2;
    /// No agent runs, and nothing is pinned that could be read instead.
    public static final int NOTHING_THERE = 3;

    private ExitStatus() {}
}
