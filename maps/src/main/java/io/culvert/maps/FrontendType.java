// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import java.util.Arrays;
import java.util.Optional;

/// What kind of address a frontend is. The numbers are `FRONTEND_CLUSTER_IP` and so on.
public enum FrontendType {
    CLUSTER_IP(0, "ClusterIP"),
    NODE_PORT(1, "NodePort"),
    LOAD_BALANCER(2, "LoadBalancer"),
    EXTERNAL_IP(3, "ExternalIP");

    private final int number;
    private final String text;

    FrontendType(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /// The number that programs know it by.
    public int number() {
        return number;
    }

    /// The type with this number, or empty.
    public static Optional<FrontendType> ofNumber(int number) {
        return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
    }

    /// As Kubernetes writes it.
    @Override
    public String toString() {
        return text;
    }
}
