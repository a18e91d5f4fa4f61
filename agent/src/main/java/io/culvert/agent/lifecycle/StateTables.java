// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.flows.NamedTables;
import io.culvert.agent.policy.PublishedNumbers;
import io.culvert.servicelb.LoadBalancer.NamedFrontend;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What a running agent has put into the kernel, for names of flows.
record StateTables(NodeState state) implements NamedTables {

    @Override
    public List<NamedFrontend> frontends() {
        return state.kernel()
                .map(kernel -> kernel.loadBalancer().namedFrontends())
                .orElse(List.of());
    }

    @Override
    public Optional<PublishedNumbers> policies() {
        return state.kernel().flatMap(kernel -> kernel.policies().numbers());
    }

    @Override
    public Path cgroupRoot() {
        return state.plan().cgroupRoot();
    }
}
