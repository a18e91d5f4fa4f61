// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import io.culvert.net.IpAddress;

/// One address of `status.loadBalancer.ingress`. Entries that only have a host name are not kept.
///
/// @param vip whether nodes answer for the address themselves (`ipMode` absent or `VIP`); with `Proxy` traffic must
///     travel to the real load balancer (KEP-1860)
public record LoadBalancerIngress(IpAddress address, boolean vip) {}
