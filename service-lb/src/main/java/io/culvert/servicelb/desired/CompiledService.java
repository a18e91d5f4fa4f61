// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import java.util.List;

/// What the kernel should hold for one Service, and what it cannot have.
public record CompiledService(List<DesiredServicePort> ports, List<ServiceConflict> conflicts) {

    /// Nothing is programmed: no such Service, or one that no proxy has to do with.
    public static final CompiledService NOTHING = new CompiledService(List.of(), List.of());

    public CompiledService {
        ports = List.copyOf(ports);
        conflicts = List.copyOf(conflicts);
    }
}
