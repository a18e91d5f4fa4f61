// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit;

import io.culvert.testkit.lab.Lab;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/// Adds the logs of all lab processes to a failure, while the lab is still there to read them.
final class LabLogsOnFailure implements TestExecutionExceptionHandler, LifecycleMethodExecutionExceptionHandler {

    /// Carries text only; where it was made says nothing.
    private static final class LabLogs extends Exception {
        LabLogs(String logs) {
            super("logs of the lab\n" + logs, null, false, false);
        }
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw withLogs(failure);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw withLogs(failure);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        throw withLogs(failure);
    }

    private static Throwable withLogs(Throwable failure) {
        String logs = Lab.openLogs();
        if (!logs.isEmpty()) {
            failure.addSuppressed(new LabLogs(logs));
        }
        return failure;
    }
}
