// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// The kernel lacks what an operation needs.
public final class UnsupportedFeatureException extends BpfException {

    private final KernelFeature feature;

    UnsupportedFeatureException(String operation, KernelFeature feature, String needs) {
        this(operation, feature, needs, 0);
    }

    /// @param more how many other features are missing
    UnsupportedFeatureException(String operation, KernelFeature feature, String needs, int more) {
        super(operation + ": this kernel has no " + feature.title() + "; needs " + needs
                + (more == 0 ? "" : " (and " + more + " more: culvert features)"));
        this.feature = feature;
    }

    /// What is missing.
    public KernelFeature feature() {
        return feature;
    }
}
