// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.policy;

import io.culvert.net.Protocol;

/// A port that a container of a pod gives a name to.
public record ContainerPort(String name, Protocol protocol, int number) {}
