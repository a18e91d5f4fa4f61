// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.maps.EndpointSets;

/// What is remembered of a pod as long as it is there.
///
/// @param number in all of its entries
record PodState(int number, EndpointSets sets) {}
