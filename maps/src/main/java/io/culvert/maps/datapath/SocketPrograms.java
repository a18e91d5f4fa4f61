// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.CgroupHook;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Programs on sockets that not every node has.
public enum SocketPrograms {
    /// bind(2) of the node's processes to a NodePort fails with `EADDRINUSE`.
    PROTECT_NODE_PORTS,
    /// Sockets that were counted at a backend are taken out when they are closed. Costs each socket a call.
    COUNT,
    /// TCP connections whose sockets were given a backend are told when they end. Costs a call or two a connection.
    TELL_ENDS;

    /// Answers first, so that no socket is translated whose answers are not.
    private static final List<CgroupHook> ALWAYS = List.of(
            CgroupHook.RECVMSG4,
            CgroupHook.RECVMSG6,
            CgroupHook.GETPEERNAME4,
            CgroupHook.GETPEERNAME6,
            CgroupHook.SENDMSG4,
            CgroupHook.SENDMSG6,
            CgroupHook.CONNECT4,
            CgroupHook.CONNECT6);

    /// Whether a link is one of these.
    boolean has(LinkName name) {
        return name.isSocket()
                && hooks().stream().anyMatch(hook -> hook.toString().equals(name.hook()));
    }

    /// The hooks of those that every node has, then of these.
    static List<CgroupHook> hooks(Set<SocketPrograms> more) {
        List<CgroupHook> all = new ArrayList<>(ALWAYS);
        more.stream().sorted().forEach(programs -> all.addAll(programs.hooks()));
        return all;
    }

    List<CgroupHook> hooks() {
        return switch (this) {
            case COUNT -> List.of(CgroupHook.SOCK_RELEASE);
            case PROTECT_NODE_PORTS -> List.of(CgroupHook.POST_BIND4, CgroupHook.POST_BIND6);
            case TELL_ENDS -> List.of(CgroupHook.SOCK_OPS);
        };
    }
}
