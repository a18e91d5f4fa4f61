// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.flows;

import io.culvert.agent.policy.PublishedNumbers;
import io.culvert.servicelb.LoadBalancer.NamedFrontend;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What the agent has put into the kernel, by the numbers that it has there.
public interface NamedTables {

    /// Every frontend of a Service; nothing before Services are programmed.
    List<NamedFrontend> frontends();

    /// What was published of policies last; the same object until the next publication.
    Optional<PublishedNumbers> policies();

    /// Root of the hierarchy in which pods have their cgroups.
    Path cgroupRoot();
}
