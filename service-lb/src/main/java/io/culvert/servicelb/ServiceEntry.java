// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import io.culvert.cluster.ObjectName;
import io.culvert.net.IpFamily;
import io.culvert.servicelb.desired.ServiceConflict;
import io.culvert.servicelb.desired.ServicePortName;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What is programmed for one Service, and how that went.
final class ServiceEntry {

    private static final long FIRST_RETRY = TimeUnit.SECONDS.toNanos(1);
    private static final long LAST_RETRY = TimeUnit.SECONDS.toNanos(30);

    private final ObjectName name;
    private final Map<ServicePortName, ProgrammedPort> ports = new LinkedHashMap<>(4);
    private List<ServiceConflict> conflicts = List.of();
    private @Nullable String failure;
    private final Set<IpFamily> failedFamilies = EnumSet.noneOf(IpFamily.class);
    private int failures;
    private long retryAt;
    private @Nullable ServiceStatus status;

    ServiceEntry(ObjectName name) {
        this.name = name;
    }

    ObjectName name() {
        return name;
    }

    /// What the kernel holds, live. Ports that the Service has no more stay until their removal has succeeded.
    Map<ServicePortName, ProgrammedPort> ports() {
        return ports;
    }

    /// Begins an attempt to program the Service.
    void attempt(List<ServiceConflict> found) {
        conflicts = found;
        failure = null;
        failedFamilies.clear();
    }

    /// Notes that a write of this attempt failed. The first failure of an attempt is the one shown.
    ///
    /// @param family of the Service port whose write it was
    void failed(TableWriteException cause, IpFamily family) {
        failedFamilies.add(family);
        if (failure == null) {
            failure = String.valueOf(cause.getMessage());
        }
    }

    /// Ends the attempt.
    ///
    /// @param now monotonic, nanoseconds
    /// @return the new status if it says something else than the one before
    @Nullable
    ServiceStatus settle(long now, Instant time) {
        if (failure == null) {
            failures = 0;
        } else {
            retryAt = now + Math.min(LAST_RETRY, FIRST_RETRY << Math.min(failures, 5));
            failures++;
        }
        ServiceStatus next = ServiceStatus.of(name, failure, conflicts, time);
        if (status != null && status.saysTheSameAs(next)) {
            return null;
        }
        status = next;
        return next;
    }

    boolean retryDue(long now) {
        return failure != null && now - retryAt >= 0;
    }

    boolean hasFailed() {
        return failure != null;
    }

    /// The families of which the kernel does not hold what it should.
    Set<IpFamily> failedFamilies() {
        return failedFamilies;
    }

    /// Nothing is programmed and there is nothing to tell.
    boolean isEmpty() {
        return ports.isEmpty() && failure == null && conflicts.isEmpty();
    }

    /// Null before the first attempt has ended.
    @Nullable
    ServiceStatus status() {
        return status;
    }
}
