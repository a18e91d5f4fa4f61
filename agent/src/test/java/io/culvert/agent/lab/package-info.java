// SPDX-License-Identifier: Apache-2.0
/// What users see of ClusterIP Services, shown with real sockets between the pods and nodes of a lab.
@NullMarked
package io.culvert.agent.lab;

import org.jspecify.annotations.NullMarked;
