// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.cluster.policy.PolicyAction;
import io.culvert.maps.PolicyPorts;
import io.culvert.maps.PolicyStep;
import io.culvert.policy.Cell;
import io.culvert.policy.PortTable;
import io.culvert.policy.Ranked;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Port tables and where they lie in `policy_steps`. Equal ones lie there once.
public final class StepTables {

    private final PolicyArray<PolicyStep> steps;
    private final Runs runs;
    private final PortIndexes indexes;
    private final Map<PortTable, PolicyPorts> places = new HashMap<>();
    private final List<PortTable> unwritten = new ArrayList<>();

    public StepTables(PolicyArray<PolicyStep> steps, PolicyArray<Integer> index) {
        this.steps = steps;
        runs = new Runs(steps);
        indexes = new PortIndexes(index);
    }

    Runs runs() {
        return runs;
    }

    PortIndexes indexes() {
        return indexes;
    }

    /// Where a table is, or will be once [#write] was called.
    ///
    /// @throws io.culvert.maps.MapFullException if there is no room
    public PolicyPorts place(PortTable table) {
        PolicyPorts known = places.get(table);
        if (known != null) {
            return known;
        }
        PolicyPorts place = take(table);
        places.put(table, place);
        unwritten.add(table);
        return place;
    }

    private PolicyPorts take(PortTable table) {
        int count = table.steps().size();
        int start = runs.take(count);
        try {
            return new PolicyPorts(start, count, indexes.place(table, start));
        } catch (RuntimeException e) {
            // No table has it that could give it back.
            runs.release(start, count);
            throw e;
        }
    }

    public void write() {
        for (PortTable table : unwritten) {
            PolicyPorts place = places.get(table);
            if (place == null) {
                continue;
            }
            int at = place.start();
            for (PortTable.Step step : table.steps()) {
                steps.set(at++, step(step));
            }
        }
        unwritten.clear();
        indexes.write();
    }

    /// Keeps steps that an earlier process wrote, and their index, from being written over.
    void avoid(PolicyPorts ports) {
        runs.avoid(ports.start(), ports.count());
        indexes.avoid(ports.index());
    }

    /// Frees what was avoided.
    void sweep() {
        runs.sweep();
        indexes.runs().sweep();
    }

    /// Frees all others.
    void retain(Set<PolicyPorts> live) {
        unwritten.clear();
        places.values().removeIf(place -> {
            boolean dead = !live.contains(place);
            if (dead) {
                runs.release(place.start(), place.count());
                indexes.release(place.index());
            }
            return dead;
        });
    }

    static PolicyStep step(PortTable.Step step) {
        Cell cell = step.cell();
        return new PolicyStep(step.start(), ranked(cell.admin()), cell.allow(), ranked(cell.baseline()));
    }

    private static int ranked(@Nullable Ranked ranked) {
        return ranked == null ? PolicyStep.NONE : PolicyStep.ranked(ranked.rank(), action(ranked.action()));
    }

    private static int action(PolicyAction action) {
        return switch (action) {
            case ACCEPT -> PolicyStep.ACCEPT;
            case DENY -> PolicyStep.DENY;
            case PASS -> PolicyStep.PASS;
        };
    }
}
