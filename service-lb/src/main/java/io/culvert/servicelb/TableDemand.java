// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

/// How many entries of each table a state needs.
///
/// @param services extents, one a Service port and family
/// @param backends backends of all extents together; each also takes one slot and one id
public record TableDemand(int frontends, int services, int backends) {}
