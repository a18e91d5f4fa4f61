// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.LpmKey;
import io.culvert.maps.PolicyCidrKey;
import io.culvert.net.IpAddress;

/// A prefix of either side.
public record CidrPrefix(IpAddress address, int bits) {

    PolicyCidrKey on(int side) {
        return new PolicyCidrKey(side, new LpmKey(address, bits));
    }
}
