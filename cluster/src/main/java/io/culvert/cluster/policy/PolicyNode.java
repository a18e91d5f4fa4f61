// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.PolicyObject;
import io.culvert.net.IpAddress;
import java.util.List;
import java.util.Map;

/// A Node as policies see it.
///
/// @param addresses every entry of `status.addresses` that is an address, of any type
public record PolicyNode(String name, Map<String, String> labels, List<IpAddress> addresses) implements PolicyObject {

    public PolicyNode {
        labels = Map.copyOf(labels);
        addresses = List.copyOf(addresses);
    }

    @Override
    public ObjectKind kind() {
        return ObjectKind.NODE;
    }

    @Override
    public ObjectName objectName() {
        return new ObjectName("", name);
    }
}
