// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import static java.util.Objects.requireNonNull;

import io.culvert.cluster.policy.PolicyAction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes a port table of the rules that match one kind of peer, by going once through the line of ports.
final class PortTableBuilder {

    /// The rules that match where the walk is, by stage and rank.
    private final Map<Stage, BitSet> matching = new EnumMap<>(Stage.class);

    private final Map<Stage, Map<Integer, PolicyAction>> actions = new EnumMap<>(Stage.class);

    private PortTableBuilder() {
        for (Stage stage : Stage.values()) {
            matching.put(stage, new BitSet());
            actions.put(stage, new HashMap<>());
        }
    }

    static PortTable of(List<Contribution> contributions) {
        return new PortTableBuilder().build(contributions);
    }

    private PortTable build(List<Contribution> contributions) {
        TreeMap<Integer, List<Contribution>> turns = new TreeMap<>();
        turns.put(0, new ArrayList<>());
        for (Contribution contribution : contributions) {
            ranks(actions, contribution).put(contribution.rank(), contribution.action());
            for (PortInterval ports : contribution.ports()) {
                turns.computeIfAbsent(ports.first(), at -> new ArrayList<>()).add(contribution);
                turns.computeIfAbsent(ports.last() + 1, at -> new ArrayList<>()).add(contribution);
            }
        }
        turns.remove(PortSpace.END);
        List<PortTable.Step> steps = new ArrayList<>();
        turns.forEach((start, turning) -> {
            turning.forEach(contribution -> ranks(matching, contribution).flip(contribution.rank()));
            Cell cell = new Cell(
                    first(Stage.ADMIN), ranks(matching, Stage.NETWORK_POLICY).nextSetBit(0), first(Stage.BASELINE));
            if (steps.isEmpty() || !steps.getLast().cell().equals(cell)) {
                steps.add(new PortTable.Step(start, cell));
            }
        });
        return new PortTable(steps);
    }

    private @Nullable Ranked first(Stage stage) {
        int rank = ranks(matching, stage).nextSetBit(0);
        @Nullable PolicyAction action = ranks(actions, stage).get(rank);
        return action == null ? null : new Ranked(rank, action);
    }

    private static <T> T ranks(Map<Stage, T> all, Contribution contribution) {
        return ranks(all, contribution.stage());
    }

    private static <T> T ranks(Map<Stage, T> all, Stage stage) {
        return requireNonNull(all.get(stage));
    }
}
