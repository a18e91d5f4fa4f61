// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.lang.foreign.Arena;

/// The clsact qdisc of an interface, which all users of tc filters share.
final class ClsactQdisc {

    private static final int BOTH_ATTACH_POINTS = 3;

    private ClsactQdisc() {}

    private static CStruct hook(Arena arena, int ifindex) {
        return CStruct.allocate(arena, CStruct.TC_HOOK).set("ifindex", ifindex).set("attach_point", BOTH_ATTACH_POINTS);
    }

    /// Adds the qdisc; false if there was one.
    static boolean ensure(int ifindex) {
        try (Arena arena = Arena.ofConfined()) {
            int result = LibbpfTc.createHook(hook(arena, ifindex).memory());
            if (result < 0 && Errno.ofResult(result).equals(Errno.EEXIST)) {
                return false;
            }
            SystemCallException.check(result, "add the clsact qdisc to " + InterfaceNames.of(ifindex));
            return true;
        }
    }

    static void removeIfEmpty(int ifindex) {}
}
