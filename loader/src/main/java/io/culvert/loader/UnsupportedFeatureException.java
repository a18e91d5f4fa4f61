// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

/// The kernel lacks what an operation needs.
public final class UnsupportedFeatureException extends BpfException {

    private final KernelFeature feature;

    UnsupportedFeatureException(String operation, KernelFeature feature, String needs) {
        super(operation + ": this kernel has no " + feature.title() + "; needs " + needs);
        this.feature = feature;
    }

    /// What is missing.
    public KernelFeature feature() {
        return feature;
    }
}
