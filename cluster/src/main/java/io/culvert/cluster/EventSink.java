// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

/// Tells a user of the cluster about one of their objects.
@FunctionalInterface
public interface EventSink {

    /// For a source that has nobody to tell: the problem is in the log and in `culvert status` already.
    EventSink NONE = (_, _, _, _) -> {};

    /// Posts a Warning Event. Returns at once and never throws; Events beyond a modest rate, or that the API server
    /// does not take, are dropped with a log line.
    ///
    /// @param reason one word in UpperCamelCase, as in `kubectl get events`
    /// @param message one line
    void post(ObjectKind kind, ObjectName object, String reason, String message);

    /// Posts a Normal Event, under the same conditions: something happened that is no trouble.
    default void note(ObjectKind kind, ObjectName object, String reason, String message) {}
}
