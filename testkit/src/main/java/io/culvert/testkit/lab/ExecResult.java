// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

/// How a command ended.
///
/// @param command the command, for messages
/// @param status exit status; 128 + the signal where a signal ended it
public record ExecResult(String command, int status, String output, String errors) {

    /// The standard output of a command that had to succeed.
    ///
    /// @throws LabException with everything that it wrote if it failed
    public String orThrow() {
        if (status != 0) {
            throw new LabException(command + ": exit status " + status + "\n" + errors.strip() + "\n" + output.strip());
        }
        return output;
    }
}
