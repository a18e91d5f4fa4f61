// SPDX-License-Identifier: Apache-2.0
package io.culvert.net;

/// An address family, named as the Kubernetes API names it (`spec.ipFamilies`, EndpointSlice `addressType`).
public enum IpFamily {
    IPV4("IPv4", 32),
    IPV6("IPv6", 128);

    private final String apiName;
    private final int bits;

    IpFamily(String apiName, int bits) {
        this.apiName = apiName;
        this.bits = bits;
    }

    /// `IPv4` or `IPv6`.
    public String apiName() {
        return apiName;
    }

    /// Width of an address in bits.
    public int bits() {
        return bits;
    }
}
