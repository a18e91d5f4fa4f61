// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A tc program as a filter of the clsact qdisc, for kernels without tcx.
///
/// It has a priority and a handle of its own, so that others' filters are neither replaced nor removed; those
/// of lower priority numbers run first, and one that ends the processing keeps the program from running. The
/// qdisc is removed with the last filter if Culvert made it.
///
/// It speaks rtnetlink: call from a thread in the network namespace of the interface.
public final class ClsactAttachment implements Attachment {

    private static final int FIRST_PRIORITY = 50;
    private static final int LAST_PRIORITY = 59;

    /// `culv` in ASCII
    private static final int HANDLE = 0x63756c76;

    private final ClsactRecord place;
    private @Nullable Path pin;
    private boolean open = true;

    private ClsactAttachment(ClsactRecord place, @Nullable Path pin) {
        this.place = place;
        this.pin = pin;
    }

    /// Adds the clsact qdisc where it is missing, and the filter. A filter that Culvert left there is
    /// replaced.
    ///
    /// @param ifindex index of an interface in this network namespace
    public static ClsactAttachment attach(BpfProgram program, int ifindex, TcDirection direction) {
        boolean madeQdisc = ClsactQdisc.ensure(ifindex);
        int result = -Errno.EINVAL.number();
        // A filter of another kind, or for one protocol, can have the priority; the kernel then answers EINVAL.
        for (int priority = FIRST_PRIORITY; priority <= LAST_PRIORITY && result == -Errno.EINVAL.number(); priority++) {
            ClsactRecord place = new ClsactRecord(ifindex, direction, priority, HANDLE, madeQdisc);
            result = TcFilter.put(place, program);
            if (result >= 0) {
                return new ClsactAttachment(place, null);
            }
        }
        if (madeQdisc) {
            ClsactQdisc.removeIfEmpty(ifindex);
        }
        throw SystemCallException.of(
                "attach " + program.name() + " to clsact " + direction + " of " + InterfaceNames.of(ifindex),
                Errno.ofResult(result));
    }

    /// Takes over a filter whose record was found in a pin.
    static ClsactAttachment adopt(ClsactRecord place, Path pin) {
        if (place.madeQdisc()) {
            ClsactQdisc.adopt(place.ifindex());
        }
        return new ClsactAttachment(place, pin);
    }

    /// The index of the interface it was attached to.
    public int ifindex() {
        return place.ifindex();
    }

    /// Which packets the program sees.
    public TcDirection direction() {
        return place.direction();
    }

    /// Filters of lower numbers run first.
    public int priority() {
        return place.priority();
    }

    @Override
    public void replace(BpfProgram program) {
        if (programId().isEmpty()) {
            throw SystemCallException.of(
                    "replace the program of " + describe() + " by " + program.name(), Errno.ENOLINK);
        }
        SystemCallException.check(
                TcFilter.put(place, program), "replace the program of " + describe() + " by " + program.name());
    }

    @Override
    public void pin(Path path) {
        place.pin(path, describe());
        pin = path;
    }

    @Override
    public Optional<Path> pinnedAt() {
        return Optional.ofNullable(pin);
    }

    @Override
    public Optional<Integer> programId() {
        return TcFilter.programId(place);
    }

    @Override
    public String describe() {
        return "clsact " + place.direction() + " of " + InterfaceNames.of(place.ifindex()) + ", priority "
                + place.priority();
    }

    @Override
    public void detach() {
        TcFilter.remove(place, describe());
        if (place.madeQdisc()) {
            ClsactQdisc.removeIfEmpty(place.ifindex());
        }
        pinnedAt().ifPresent(Pins::remove);
        pin = null;
        open = false;
    }

    @Override
    public void close() {
        if (open && pin == null) {
            detach();
        }
        open = false;
    }

    @Override
    public String toString() {
        return describe();
    }
}
