// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import java.util.function.Supplier;

/// Whether packets go past the stack of this node. Those between its pods go on with programs for that by tail calls,
/// while the slots of `fast_tails` are filled, which the kernel keeps as long as the map is pinned: to switch costs
/// nobody a connection, the next packet of each takes the other way. Connections from outside to other nodes stay on
/// the way on which they began ([ControlEntry#forward]).
public final class FastPath {

    /// A slot.
    public enum Tail {
        /// Hands packets over that policies agreed to.
        POD(0, "pod_fast"),
        /// Asks before what policies of the other pod are known to say; empty while none are loaded.
        POLICY(1, "policy_fast"),
        /// Hands packets over, empty while policies are enforced: so nothing goes past them, whatever their own slots
        /// hold.
        PLAIN(2, "pod_fast");

        private final int number;
        private final String program;

        Tail(int number, String program) {
            this.number = number;
            this.program = program;
        }

        /// `FAST_TAIL_*`
        public int number() {
            return number;
        }
    }

    private final ProgramSlots tails;
    private final ProgramSlots policyTails;
    private final ControlEntry control;
    private final Object lock;
    private final Supplier<ProgramSet> programs;

    /// @param programs those that are loaded
    FastPath(
            ProgramSlots tails,
            ProgramSlots policyTails,
            ControlEntry control,
            Object lock,
            Supplier<ProgramSet> programs) {
        this.tails = tails;
        this.policyTails = policyTails;
        this.control = control;
        this.lock = lock;
        this.programs = programs;
    }

    /// Has packets take the fast path where `local_pods` has both ends, or the stack.
    ///
    /// @throws io.culvert.loader.BpfException if the kernel refuses
    public void enable(boolean on) {
        synchronized (lock) {
            if (on) {
                set(programs.get());
            } else {
                clear();
            }
            control.forward(on);
        }
    }

    /// Whether packets may take it; as an earlier process left it, too.
    public boolean isOn() {
        return tails.isFilled(Tail.POD.number);
    }

    /// Policies are enforced no more.
    void resume() {
        synchronized (lock) {
            replace(programs.get());
        }
    }

    /// Goes on with other programs, if it is on. If that fails, those before go on.
    void replace(ProgramSet next) {
        if (isOn()) {
            ProgramSlots.replace(programs.get(), next, this::set);
        }
    }

    /// What policies begin with: no packet goes past them any more.
    void leaveToPolicies() {
        synchronized (lock) {
            tails.empty(Tail.PLAIN.number);
        }
    }

    /// Every mixture is good.
    private void set(ProgramSet next) {
        for (Tail tail : Tail.values()) {
            boolean wanted = switch (tail) {
                case POD -> true;
                case POLICY -> next.has(MorePrograms.POLICY);
                case PLAIN -> !PolicyPrograms.areIn(policyTails);
            };
            if (wanted) {
                tails.fill(tail.number, next.program(tail.program));
            }
        }
    }

    private void clear() {
        for (Tail tail : Tail.values()) {
            tails.empty(tail.number);
        }
    }
}
