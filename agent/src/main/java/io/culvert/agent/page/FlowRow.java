// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import java.util.Locale;

/// A flow as the page shows it: names of the moment in which it is asked for.
///
/// @param number of the flow in the store
/// @param time RFC 3339
/// @param kind `trace`, `drop`, `verdict`, `close`, `socket`
/// @param verdict `forwarded`, `dropped`, `audit`, `translated`
/// @param direction `ingress` or `egress`
/// @param protocol `TCP`
/// @param flags of TCP: `SYN, ACK`; type of ICMP
/// @param reason of a drop; else empty
/// @param destination of a Service the backend, once one was chosen
/// @param dialled what the client dialled, if that is not the destination: `10.96.0.10:80`
/// @param service `namespace/name`, or empty
/// @param policy that decided: `NetworkPolicy shop/web`, or empty
/// @param reply whether it goes to whoever opened the connection
/// @param bytes of both directions, of a connection that ended; else 0
public record FlowRow(
        long number,
        String time,
        String kind,
        String verdict,
        String direction,
        String protocol,
        String flags,
        String reason,
        PartyRow source,
        PartyRow destination,
        String dialled,
        String service,
        String policy,
        boolean reply,
        long bytes) {

    /// Everything that a search looks at.
    boolean mentions(String text) {
        return (source.title()
                        + ' '
                        + source.workload()
                        + ' '
                        + source.address()
                        + ' '
                        + destination.title()
                        + ' '
                        + destination.workload()
                        + ' '
                        + destination.address()
                        + ' '
                        + dialled
                        + ' '
                        + service
                        + ' '
                        + policy
                        + ' '
                        + protocol
                        + ' '
                        + flags
                        + ' '
                        + reason
                        + ' '
                        + kind
                        + ' '
                        + verdict)
                .toLowerCase(Locale.ROOT)
                .contains(text);
    }
}
