// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

/// The lab itself could not do what was asked: a missing prerequisite, a command that failed, patience that ran out.
public final class LabException extends RuntimeException {

    public LabException(String message) {
        super(message);
    }

    public LabException(String message, Throwable cause) {
        super(message, cause);
    }
}
