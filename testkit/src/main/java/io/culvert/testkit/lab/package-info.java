// SPDX-License-Identifier: Apache-2.0
/// A cluster small enough for a test: nodes and pods in network namespaces with real sockets, each node with a cgroup
/// of its own so that socket hooks act per node. Start with [io.culvert.testkit.lab.Lab].
@NullMarked
package io.culvert.testkit.lab;

import org.jspecify.annotations.NullMarked;
