// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import java.util.Optional;

/// `spec.type` of a Service.
public enum ServiceType {
    CLUSTER_IP("ClusterIP"),
    NODE_PORT("NodePort"),
    LOAD_BALANCER("LoadBalancer"),
    EXTERNAL_NAME("ExternalName");

    private final String apiName;

    ServiceType(String apiName) {
        this.apiName = apiName;
    }

    public String apiName() {
        return apiName;
    }

    public static Optional<ServiceType> ofApiName(String text) {
        for (ServiceType type : values()) {
            if (type.apiName.equals(text)) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
