// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.ContainerPort;
import io.culvert.cluster.policy.Direction;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What applies to a pod in one direction. Pods with equal selections share a policy set. Each is looked up with every
/// change of the cluster, so it knows its hash.
final class Selection {

    private final Direction direction;
    private final boolean isolated;
    private final List<Rule> admin;
    private final List<Rule> allows;
    private final List<Rule> baseline;
    private final Set<ContainerPort> ports;
    private final int hash;

    /// @param isolated whether some NetworkPolicy says so
    /// @param admin rules of the admin tier in their order
    /// @param allows rules of NetworkPolicies
    /// @param baseline rules of the baseline tier in their order
    /// @param ports of the pod that the rules name, where the pod is the destination
    Selection(
            Direction direction,
            boolean isolated,
            List<Rule> admin,
            List<Rule> allows,
            List<Rule> baseline,
            Set<ContainerPort> ports) {
        this.direction = direction;
        this.isolated = isolated;
        this.admin = List.copyOf(admin);
        this.allows = List.copyOf(allows);
        this.baseline = List.copyOf(baseline);
        this.ports = Set.copyOf(ports);
        hash = Objects.hash(direction, isolated, admin, allows, baseline, ports);
    }

    Direction direction() {
        return direction;
    }

    boolean isolated() {
        return isolated;
    }

    List<Rule> admin() {
        return admin;
    }

    List<Rule> allows() {
        return allows;
    }

    List<Rule> baseline() {
        return baseline;
    }

    Set<ContainerPort> ports() {
        return ports;
    }

    /// Whether no policy says anything.
    boolean empty() {
        return !isolated && admin.isEmpty() && baseline.isEmpty();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || (other instanceof Selection that
                        && hash == that.hash
                        && direction == that.direction
                        && isolated == that.isolated
                        && admin.equals(that.admin)
                        && allows.equals(that.allows)
                        && baseline.equals(that.baseline)
                        && ports.equals(that.ports));
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
