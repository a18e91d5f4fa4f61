// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import io.culvert.net.IpFamily;
import io.culvert.net.IpPrefix;
import java.util.List;

/// `spec.loadBalancerSourceRanges` of a Service: the clients that its load balancer addresses are for.
///
/// @param prefixes the entries that are CIDRs, of both families
/// @param invalid how many entries are not
public record SourceRanges(List<IpPrefix> prefixes, int invalid) {

    /// No entries: everyone.
    public static final SourceRanges NONE = new SourceRanges(List.of(), 0);

    public SourceRanges {
        prefixes = List.copyOf(prefixes);
    }

    /// The entries of one family.
    public List<IpPrefix> of(IpFamily family) {
        return prefixes.stream().filter(prefix -> prefix.family() == family).toList();
    }

    /// Whether there are entries and none can be used. Nobody passes then, where kube-proxy would let everyone pass.
    public boolean allInvalid() {
        return prefixes.isEmpty() && invalid > 0;
    }

    /// Whether clients of a family are checked: not where no entry is of that family, nor where one is all of it.
    public boolean restricts(IpFamily family) {
        List<IpPrefix> own = of(family);
        return allInvalid() || (!own.isEmpty() && own.stream().noneMatch(prefix -> prefix.length() == 0));
    }
}
