// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.affinity;

import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.servicelb.desired.ServicePortName;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;

/// Where the next connection of a client goes.
///
/// @param name empty where nobody knows names
/// @param service index into `services`
/// @param age since the client's last new connection
/// @param remaining until it is forgotten if no new connection comes
public record AffinityEntry(
        Optional<ServicePortName> name,
        int service,
        IpAddress client,
        IpPort backend,
        Duration age,
        Duration remaining) {

    /// By Service, then client.
    public static final Comparator<AffinityEntry> ORDER = Comparator.comparing((AffinityEntry entry) ->
                    entry.name().map(ServicePortName::toString).orElse(""))
            .thenComparingInt(AffinityEntry::service)
            .thenComparing(AffinityEntry::client);
}
