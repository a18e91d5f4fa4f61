// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.AddressKey;
import io.culvert.maps.Endpoint;
import io.culvert.maps.EndpointKey;
import io.culvert.maps.IpcacheEntry;
import io.culvert.maps.PolicyCidrKey;
import io.culvert.maps.PolicyLength;
import io.culvert.maps.PolicyPeerKey;
import io.culvert.maps.PolicyPorts;
import io.culvert.maps.PolicySetEntry;
import io.culvert.maps.PolicyStep;

/// The maps of policies. Who has this is their only writer.
public interface PublicationTarget {

    /// 0: nothing is published. Bit 0 says which side holds.
    int epoch();

    /// What was written before is seen by whoever sees this.
    void epoch(int next);

    PolicyHash<EndpointKey, Endpoint> endpoints();

    PolicyHash<AddressKey, IpcacheEntry> ipcache();

    PolicyHash<PolicyCidrKey, Integer> cidrs();

    /// The index of the IPv4 blocks of [#cidrs].
    PolicyBlocks blocks();

    /// The index of the IPv6 blocks of [#cidrs], by the lengths that [#lengths] has.
    PolicyHash<PolicyCidrKey, Integer> prefixes();

    PolicyArray<PolicyLength> lengths();

    PolicyHash<PolicyPeerKey, PolicyPorts> peers();

    PolicyArray<PolicySetEntry> sets();

    PolicyArray<PolicyStep> steps();

    /// The index of [#steps].
    PolicyArray<Integer> index();

    /// Numbers of rules.
    PolicyArray<Integer> rules();

    /// How many rules can be counted, 0 included, which is not.
    int counters();

    /// Forgets what was counted for a rule's number.
    void clearCounter(int rule);

    /// Returns when every program that runs now has ended.
    void awaitPrograms();
}
