// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;

/// A machine outside of the cluster that reaches the nodes through a router; see [Lab#addClient].
public final class LabClient extends LabHost {

    private final int index;

    LabClient(Lab lab, String name, String netns, int index) {
        super(lab, name, netns, lab.foreignCgroup());
        this.index = index;
    }

    public IpAddress ip(IpFamily family) {
        return AddressPlan.client(family, index);
    }
}
