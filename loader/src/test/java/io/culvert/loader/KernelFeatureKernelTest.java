// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.testkit.KernelTest;
import io.culvert.testkit.KernelVersion;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@KernelTest
class KernelFeatureKernelTest {

    private static final Pattern LINUX = Pattern.compile("Linux (\\d+\\.\\d+)");

    /// A kernel that is new enough has everything that does not depend on its configuration.
    @ParameterizedTest
    @EnumSource
    void kernelThatIsNewEnoughHasTheFeature(KernelFeature feature) {
        Matcher version = LINUX.matcher(feature.needs());
        FeatureResult result = feature.probe();
        if (version.matches() && KernelVersion.running().compareTo(KernelVersion.parse(version.group(1))) >= 0) {
            assertThat(result).isEqualTo(new FeatureResult.Supported());
        } else {
            assertThat(result).isNotInstanceOf(FeatureResult.Inconclusive.class);
        }
    }

    @Test
    void allAreProbed() {
        Map<KernelFeature, FeatureResult> results = KernelFeature.probeAll();
        assertThat(results).containsOnlyKeys(KernelFeature.values());
    }

    @Test
    void helperThatNoKernelHasIsUnsupported() {
        FeatureResult result = Probes.loading(ProbeProgram.calling(ProbeProgram.TYPE_SCHED_CLS, 0, 100_000, 0))
                .judge("Linux 99.0");
        assertThat(result).isEqualTo(new FeatureResult.Unsupported("Linux 99.0"));
    }
}
