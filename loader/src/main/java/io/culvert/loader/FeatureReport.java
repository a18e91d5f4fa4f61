// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a kernel has of the features that Culvert uses, and whether that is enough.
///
/// @param results a feature that is not in it counts as not probed
public record FeatureReport(Map<KernelFeature, FeatureResult> results) {

    public FeatureReport {
        results = Map.copyOf(results);
    }

    /// The running kernel's.
    public static FeatureReport ofThisKernel() {
        return new FeatureReport(KernelFeature.probeAll());
    }

    /// The features that Culvert cannot run without and the kernel is known to lack, in their declared order.
    public List<KernelFeature> missing() {
        return results.entrySet().stream()
                .filter(entry -> entry.getKey().isRequired() && entry.getValue() instanceof FeatureResult.Unsupported)
                .map(Map.Entry::getKey)
                .sorted(Comparator.naturalOrder())
                .toList();
    }

    /// Throws if the kernel is too old. What the probes could not find out passes: the operations themselves will tell.
    ///
    /// @param operation what needs the features, as the beginning of the message
    /// @throws UnsupportedFeatureException naming the first missing feature, and how many more there are
    public void require(String operation) {
        List<KernelFeature> missing = missing();
        Optional<KernelFeature> first = missing.stream().findFirst();
        first.ifPresent(feature -> {
            throw new UnsupportedFeatureException(operation, feature, feature.needs(), missing.size() - 1);
        });
    }
}
