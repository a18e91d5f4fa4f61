// SPDX-License-Identifier: Apache-2.0
/// What every test tier shares: [KernelTest], packets ([io.culvert.testkit.packet]), a lab of nodes and pods in network
/// namespaces ([io.culvert.testkit.lab]) and scenario files ([io.culvert.testkit.scenario]).
@NullMarked
package io.culvert.testkit;

import org.jspecify.annotations.NullMarked;
