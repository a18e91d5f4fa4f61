// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/// Why a request failed, in a few words: the HTTP client's exceptions often have no message.
final class Failures {

    private Failures() {}

    static String reason(Throwable failure) {
        Throwable cause = root(failure);
        return switch (cause) {
            case ConnectException e when causedBy(e, UnresolvedAddressException.class) -> "unknown host";
            case ConnectException _ -> "cannot connect";
            case UnknownHostException _ -> "unknown host";
            case HttpTimeoutException _ -> "no answer in time";
            case TimeoutException _ -> "no answer in time";
            case SSLException e -> "TLS: " + firstLine(e);
            default -> firstLine(cause);
        };
    }

    private static Throwable root(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static boolean causedBy(Throwable failure, Class<? extends Throwable> type) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private static String firstLine(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.getClass().getSimpleName()
                : message.lines().findFirst().orElse(message);
    }
}
