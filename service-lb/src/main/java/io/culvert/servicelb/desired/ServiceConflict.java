// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import io.culvert.cluster.ObjectName;
import io.culvert.maps.FrontendKey;
import io.culvert.maps.FrontendType;
import io.culvert.maps.IpPort;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.net.Protocol;

/// Why something that a Service asks for belongs to another.
public sealed interface ServiceConflict {

    /// One line, lower case, without a full stop.
    String message();

    /// Of its Event: one word in UpperCamelCase.
    default String reason() {
        return "AddressConflict";
    }

    private static String text(FrontendType type) {
        return switch (type) {
            case CLUSTER_IP -> "cluster IP";
            case NODE_PORT -> "node port";
            case LOAD_BALANCER -> "load balancer address";
            case EXTERNAL_IP -> "external IP";
        };
    }

    /// An older Service has the same cluster IP and is served at it.
    record ClusterIpTaken(IpAddress address, ObjectName winner) implements ServiceConflict {
        @Override
        public String message() {
            return "cluster IP " + address + " belongs to the older Service " + winner;
        }
    }

    /// Another Service has the node port or the address outside of the cluster and is served there, or has the
    /// address as its cluster IP.
    record AddressTaken(FrontendType type, FrontendKey key, ObjectName winner) implements ServiceConflict {
        @Override
        public String message() {
            String what = type == FrontendType.NODE_PORT
                    ? "node port " + key.port() + "/" + key.protocol()
                    : text(type) + " " + new IpPort(key.address(), key.port()) + "/" + key.protocol();
            return what + " belongs to "
                    + (winner.equals(AddressClaims.API_SERVER) ? "the API server" : "Service " + winner);
        }
    }

    /// Nothing is served at an address outside of the cluster.
    ///
    /// @param why the end of the sentence
    record AddressRefused(FrontendType type, IpAddress address, String why) implements ServiceConflict {
        @Override
        public String message() {
            return text(type) + " " + address + " " + why;
        }

        @Override
        public String reason() {
            return "AddressRefused";
        }
    }

    /// No entry of `spec.loadBalancerSourceRanges` can be read.
    record NoSourceRange() implements ServiceConflict {
        @Override
        public String message() {
            return "no entry of loadBalancerSourceRanges is a CIDR, so its load balancer addresses are closed to all";
        }

        @Override
        public String reason() {
            return "InvalidSourceRanges";
        }
    }

    /// `spec.loadBalancerSourceRanges` says nothing of a family that the load balancer has an address of.
    record FamilyUnrestricted(IpFamily family) implements ServiceConflict {
        @Override
        public String message() {
            return "loadBalancerSourceRanges has no " + family.apiName() + " entry, so its " + family.apiName()
                    + " load balancer addresses are open to all";
        }

        @Override
        public String reason() {
            return "FamilyUnrestricted";
        }
    }

    /// An annotation has a value that means nothing; its default applies.
    record AnnotationNotUnderstood(String key, String value, String understood) implements ServiceConflict {
        @Override
        public String message() {
            return "annotation " + key + " is \"" + value + "\"; use " + understood;
        }

        @Override
        public String reason() {
            return "InvalidAnnotation";
        }
    }

    /// Weights go by labels of pods, which nobody follows.
    record PodLabelsNotFollowed() implements ServiceConflict {
        @Override
        public String message() {
            return "annotation " + Weights.ANNOTATION + " goes by labels of pods, which are not followed because policy"
                    + " is off: weights do not apply; switch policy on, or use \"slice: NAME=N,...\"";
        }

        @Override
        public String reason() {
            return "PodLabelsNotFollowed";
        }
    }

    /// It asks for direct server return, and an endpoint is on no node.
    record EndpointWithoutNode() implements ServiceConflict {
        @Override
        public String message() {
            return "annotation " + ForwardingMode.ANNOTATION
                    + " is \"dsr\", but an endpoint names no node, so clients are masqueraded";
        }

        @Override
        public String reason() {
            return "ForwardingModeUnavailable";
        }
    }

    /// An earlier entry of `spec.ports` has the same number and protocol, or the same name and protocol.
    record PortRepeated(int port, Protocol protocol) implements ServiceConflict {
        @Override
        public String message() {
            return "port " + port + "/" + protocol + " repeats an earlier port";
        }
    }
}
