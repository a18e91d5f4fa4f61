// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import java.time.Duration;
import java.time.Instant;

/// What a [ClusterStore] was told, and how far its subscribers are behind.
///
/// @param serviceChanges changes of Services since the start; objects that came again as they were do not count
/// @param sliceChanges likewise of EndpointSlices
/// @param servicesPending changes of Services that some subscriber has not finished with
/// @param slicesPending likewise of EndpointSlices
/// @param lastQueued when the latest change came; [Instant#EPOCH] before the first
/// @param waiting for how long the oldest change has been pending; zero where none is
public record Backlog(
        long serviceChanges,
        long sliceChanges,
        long servicesPending,
        long slicesPending,
        Instant lastQueued,
        Duration waiting) {}
