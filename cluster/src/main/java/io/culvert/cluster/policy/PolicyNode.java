// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import io.culvert.net.IpAddress;
import java.util.List;
import java.util.Map;

/// A Node as policies see it.
///
/// @param addresses every entry of `status.addresses` that is an address, of any type
public record PolicyNode(String name, Map<String, String> labels, List<IpAddress> addresses) {

    public PolicyNode {
        labels = Map.copyOf(labels);
        addresses = List.copyOf(addresses);
    }
}
