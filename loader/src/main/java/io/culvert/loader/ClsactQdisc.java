// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import io.culvert.loader.netlink.NetworkNamespace;
import io.culvert.loader.netlink.TrafficFilters;
import java.lang.foreign.Arena;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The clsact qdisc of an interface, which all users of tc filters share.
final class ClsactQdisc {

    private static final int BOTH_ATTACH_POINTS = 3;

    /// Those that Culvert made, in this process or, as adopted attachments tell, in an earlier one.
    private static final Set<Place> MADE = ConcurrentHashMap.newKeySet();

    private ClsactQdisc() {}

    private record Place(long namespace, int ifindex) {

        static Place of(int ifindex) {
            return new Place(NetworkNamespace.currentCookie(), ifindex);
        }
    }

    private static CStruct hook(Arena arena, int ifindex) {
        return CStruct.allocate(arena, CStruct.TC_HOOK).set("ifindex", ifindex).set("attach_point", BOTH_ATTACH_POINTS);
    }

    /// Adds the qdisc where it is missing.
    ///
    /// @return whether it is Culvert's
    static boolean ensure(int ifindex) {
        try (Arena arena = Arena.ofConfined()) {
            int result = LibbpfTc.createHook(hook(arena, ifindex).memory());
            if (result < 0 && Errno.ofResult(result).equals(Errno.EEXIST)) {
                return MADE.contains(Place.of(ifindex));
            }
            SystemCallException.check(result, "add the clsact qdisc to " + InterfaceNames.of(ifindex));
            MADE.add(Place.of(ifindex));
            return true;
        }
    }

    /// Remembers that an earlier process made the qdisc.
    static void adopt(int ifindex) {
        MADE.add(Place.of(ifindex));
    }

    /// Removes a qdisc of Culvert's that has no filters left, whoever may have added some. rtnetlink cannot do both in
    /// one step: a filter that is added between the question and the removal goes with the qdisc.
    static void removeIfEmpty(int ifindex) {
        if (Libc.interfaceName(ifindex).isEmpty()
                || TrafficFilters.exist(ifindex, TcDirection.INGRESS.parent())
                || TrafficFilters.exist(ifindex, TcDirection.EGRESS.parent())) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            int result = LibbpfTc.destroyHook(hook(arena, ifindex).memory());
            MADE.remove(Place.of(ifindex));
            if (result < 0 && !TcFilter.isGone(Errno.ofResult(result))) {
                throw SystemCallException.of(
                        "remove the clsact qdisc of " + InterfaceNames.of(ifindex), Errno.ofResult(result));
            }
        }
    }
}
