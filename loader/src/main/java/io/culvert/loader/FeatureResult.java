// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// What a probe found. A probe that could not find out says so: it is not taken for a no.
public sealed interface FeatureResult {

    /// The kernel has it.
    record Supported() implements FeatureResult {

        @Override
        public String toString() {
            return "supported";
        }
    }

    /// The kernel has it not.
    ///
    /// @param needs what would have it: `Linux 6.6`
    record Unsupported(String needs) implements FeatureResult {

        @Override
        public String toString() {
            return "not supported, needs " + needs;
        }
    }

    /// The probe failed for another reason.
    ///
    /// @param reason for example `Operation not permitted (EPERM)`
    record Inconclusive(String reason) implements FeatureResult {

        @Override
        public String toString() {
            return "unknown: " + reason;
        }
    }

    /// Whether the probe answered yes.
    default boolean isSupported() {
        return this instanceof Supported;
    }

    /// Throws if the kernel is known to lack the feature. An inconclusive answer passes: the operation itself
    /// will tell.
    ///
    /// @param operation what needs the feature, as the beginning of the message
    default void require(String operation, KernelFeature feature) {
        if (this instanceof Unsupported(String needs)) {
            throw new UnsupportedFeatureException(operation, feature, needs);
        }
    }
}
