// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One element of `policy list` and `policy get`.
///
/// @param namespace empty for a ClusterNetworkPolicy
/// @param tier `Admin` or `Baseline`; empty for a NetworkPolicy
/// @param subject whom it selects, in words
/// @param pods how many pods of this node it selects
/// @param directions `ingress`, `egress`: where a NetworkPolicy isolates, or a ClusterNetworkPolicy has rules
/// @param generation of what is enforced; 0: nothing is
/// @param status `enforced on 2 pods`, or what is in the way
/// @param warnings what its author may not have meant; only where one policy is asked for
public record PolicyRow(
        String namespace,
        String name,
        String kind,
        String tier,
        int priority,
        String subject,
        int pods,
        List<String> directions,
        List<Rule> rules,
        long generation,
        String status,
        List<String> warnings) {

    /// One rule.
    ///
    /// @param place `ingress[0]`
    /// @param name of a ClusterNetworkPolicy's rule; may be empty
    /// @param text what it does, in words
    /// @param packets that it decided about; null where they are not counted
    public record Rule(
            String place,
            String name,
            String text,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Long packets,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Long bytes) {}

    /// `NetworkPolicy`, or `Admin 7` for a ClusterNetworkPolicy.
    public String place() {
        return tier.isEmpty() ? kind : tier + " " + priority;
    }

    public static List<Column<PolicyRow>> columns() {
        return List.of(
                Column.of("Namespace", row -> Text.orDash(row.namespace())),
                Column.of("Name", PolicyRow::name),
                Column.of("Kind", PolicyRow::place),
                Column.wide("Selects", PolicyRow::subject),
                Column.of("Pods Here", row -> Integer.toString(row.pods())),
                Column.of("Direction", row -> Text.orDash(String.join(",", row.directions()))),
                Column.of("Rules", row -> Integer.toString(row.rules().size())),
                Column.of("Generation", row -> row.generation() == 0 ? "-" : Long.toString(row.generation())),
                Column.of("Status", PolicyRow::status));
    }

    /// Of the rules of one policy.
    public static List<Column<Rule>> ruleColumns() {
        return List.of(
                Column.of("Rule", Rule::place),
                Column.wide("Name", rule -> Text.orDash(rule.name())),
                Column.of("Says", Rule::text),
                Column.of("Packets", rule -> count(rule.packets())),
                Column.of("Bytes", rule -> count(rule.bytes())));
    }

    private static String count(@Nullable Long count) {
        return count == null ? "-" : count.toString();
    }
}
