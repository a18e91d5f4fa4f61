// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What one direction of a pod is held to. Pods with the same policies share it. Tables are numbers of
/// [PolicyPlan#tables].
///
/// @param isolated whether a NetworkPolicy selects the pod, so that no match means no
/// @param anyTable rules without peers; for every identity that has no table, and for no identity
/// @param identityTables by identity: the rules that name it, and those without peers
/// @param classTables by CIDR class: the rules that name an address block of it, and no others
/// @param admin rules of the admin tier by rank
/// @param allows rules of NetworkPolicies by index
/// @param baseline rules of the baseline tier by rank
public record PolicySet(
        boolean isolated,
        int anyTable,
        Map<Integer, Integer> identityTables,
        Map<Integer, Integer> classTables,
        List<RuleId> admin,
        List<RuleId> allows,
        List<RuleId> baseline) {

    /// Says nothing about anyone.
    static final PolicySet NO_POLICY =
            new PolicySet(false, PortTables.NOTHING, Map.of(), Map.of(), List.of(), List.of(), List.of());

    public PolicySet {
        identityTables = IdentityTables.of(identityTables);
        classTables = Map.copyOf(classTables);
        admin = List.copyOf(admin);
        allows = List.copyOf(allows);
        baseline = List.copyOf(baseline);
    }

    /// The same with other tables.
    PolicySet with(Map<Integer, Integer> identities, Map<Integer, Integer> classes) {
        return new PolicySet(isolated, anyTable, identities, classes, admin, allows, baseline);
    }

    /// The rule that a cell's entry means.
    RuleId rule(Stage stage, int rank) {
        return switch (stage) {
            case ADMIN -> admin.get(rank);
            case NETWORK_POLICY -> allows.get(rank);
            case BASELINE -> baseline.get(rank);
        };
    }

    /// The number of the table for an identity.
    int identityTable(int identity) {
        @Nullable Integer own = identityTables.get(identity);
        return own == null ? anyTable : own;
    }
}
