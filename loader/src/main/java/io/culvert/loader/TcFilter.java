// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.lang.foreign.Arena;
import java.util.Optional;

/// One filter of a clsact qdisc, addressed by interface, direction, priority and handle.
final class TcFilter {

    private static final int REPLACE = 1;

    private TcFilter() {}

    private static CStruct hook(Arena arena, ClsactRecord place) {
        return CStruct.allocate(arena, CStruct.TC_HOOK)
                .set("ifindex", place.ifindex())
                .set("attach_point", place.direction().attachPoint());
    }

    private static CStruct options(Arena arena, ClsactRecord place) {
        return CStruct.allocate(arena, CStruct.TC_OPTS)
                .set("handle", place.handle())
                .set("priority", place.priority());
    }

    /// Adds the filter, or exchanges its program in place; the negative errno where that is impossible.
    static int put(ClsactRecord place, BpfProgram program) {
        try (Arena arena = Arena.ofConfined()) {
            CStruct options = options(arena, place).set("prog_fd", program.fd()).set("flags", REPLACE);
            return LibbpfTc.attach(hook(arena, place).memory(), options.memory());
        }
    }

    /// The program of the filter; empty if the filter, the qdisc or the interface is gone.
    static Optional<Integer> programId(ClsactRecord place) {
        try (Arena arena = Arena.ofConfined()) {
            CStruct options = options(arena, place);
            int result = LibbpfTc.query(hook(arena, place).memory(), options.memory());
            if (result < 0 && isGone(Errno.ofResult(result))) {
                return Optional.empty();
            }
            SystemCallException.check(result, "ask for the filter of " + InterfaceNames.of(place.ifindex()));
            return Optional.of(options.getInt("prog_id"));
        }
    }

    /// Removes the filter; it is no error if it is gone.
    static void remove(ClsactRecord place, String attachment) {
        try (Arena arena = Arena.ofConfined()) {
            int result = LibbpfTc.detach(
                    hook(arena, place).memory(), options(arena, place).memory());
            if (result < 0 && !isGone(Errno.ofResult(result))) {
                throw SystemCallException.of("detach " + attachment, Errno.ofResult(result));
            }
        }
    }

    /// Without the qdisc the kernel answers EINVAL.
    static boolean isGone(Errno errno) {
        return errno.equals(Errno.ENOENT) || errno.equals(Errno.ENODEV) || errno.equals(Errno.EINVAL);
    }
}
