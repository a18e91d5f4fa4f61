// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfMap;
import io.culvert.maps.PolicyTables;
import io.culvert.maps.Tables;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/// The programs of policies. Those of pods go on with them by tail calls, while the slots of `policy_tails` are filled;
/// the kernel keeps these as long as the map is pinned. They are loaded when they are needed first, or at once where an
/// earlier process left them in the slots.
public final class PolicyPrograms {

    /// A slot. What packets end with is filled first, and emptied last.
    public enum Tail {
        /// What pods send.
        EGRESS(0, "policy_egress"),
        /// What they receive.
        INGRESS(1, "policy_ingress"),
        /// What they receive and policies let pass.
        DELIVER(2, "pod_deliver");

        private final int number;
        private final String program;

        Tail(int number, String program) {
            this.number = number;
            this.program = program;
        }

        /// `POLICY_TAIL_*`
        public int number() {
            return number;
        }
    }

    private static final List<Tail> TAILS = List.of(Tail.values());

    private final ProgramSlots tails;
    private final Object lock;
    private final Supplier<ProgramSet> programs;
    private final FastPath fastPath;
    private final PolicyTables tables;

    /// @param programs loads those of policies where they are not
    /// @param fastPath goes past policies only while none are enforced
    /// @param tables are told whether packets are asked about
    PolicyPrograms(
            ProgramSlots tails, Object lock, Supplier<ProgramSet> programs, FastPath fastPath, PolicyTables tables) {
        this.tails = tails;
        this.lock = lock;
        this.programs = programs;
        this.fastPath = fastPath;
        this.tables = tables;
    }

    /// Loads the programs, if they are not. [#enforce] does that too; whoever publishes policies first knows
    /// before that they can be enforced.
    ///
    /// @throws io.culvert.loader.BpfException if the kernel refuses; the other programs are as they were
    public void load() {
        synchronized (lock) {
            var _ = programs.get();
        }
    }

    /// Lets the packet programs of pods ask for policies, or not. What the maps of policies hold should be complete
    /// before. The next packet of each pod meets it, and it stays so over restarts.
    ///
    /// @throws io.culvert.loader.BpfException if the kernel refuses
    public void enforce(boolean on) {
        synchronized (lock) {
            if (on) {
                ProgramSet loaded = programs.get();
                fastPath.leaveToPolicies();
                set(loaded);
            } else {
                clear();
                fastPath.resume();
            }
        }
    }

    /// Whether policies are asked; as an earlier process left it, too.
    public boolean areEnforced() {
        return areIn(tails);
    }

    /// Whether policies are asked by what is pinned.
    static boolean areIn(Map<String, BpfMap> maps) {
        BpfMap tails = maps.get(Tables.POLICY_TAILS.name());
        return tails != null && areIn(new ProgramSlots(tails));
    }

    static boolean areIn(ProgramSlots tails) {
        return TAILS.stream().anyMatch(tail -> tails.isFilled(tail.number));
    }

    /// Whether the packets of one direction are led to the programs of policies, in this moment.
    ///
    /// @param egress what pods send; else what they receive
    public boolean meet(boolean egress) {
        return tails.isFilled((egress ? Tail.EGRESS : Tail.INGRESS).number);
    }

    /// What the policies of a pod say of a packet, as the programs find it in the maps; nothing is enforced or written.
    ///
    /// @throws io.culvert.loader.SystemCallException if the kernel refuses to run the program
    public PolicyAnswer ask(PolicyQuestion question) {
        synchronized (lock) {
            return question.ask(programs.get().program("policy_probe"));
        }
    }

    /// Goes on with other programs, if policies are asked. If that fails, those before go on.
    void replace(ProgramSet next) {
        if (areEnforced()) {
            ProgramSlots.replace(programs.get(), next, this::set);
        }
    }

    /// Every mixture is good.
    private void set(ProgramSet next) {
        TAILS.reversed().forEach(tail -> tails.fill(tail.number, next.program(tail.program)));
        tables.enforced(true);
    }

    private void clear() {
        tables.enforced(false);
        TAILS.forEach(tail -> tails.empty(tail.number));
    }
}
