// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FeatureReportTest {

    private static final FeatureResult YES = new FeatureResult.Supported();

    private static FeatureResult no(KernelFeature feature) {
        return new FeatureResult.Unsupported(feature.needs());
    }

    @Test
    void oldKernelIsRefusedWithWhatIsMissing() {
        FeatureReport report = new FeatureReport(Map.of(
                KernelFeature.RING_BUFFER, no(KernelFeature.RING_BUFFER),
                KernelFeature.CGROUP_GETPEERNAME, no(KernelFeature.CGROUP_GETPEERNAME),
                KernelFeature.CGROUP_CONNECT, YES));
        assertThat(report.missing()).containsExactly(KernelFeature.CGROUP_GETPEERNAME, KernelFeature.RING_BUFFER);
        assertThatExceptionOfType(UnsupportedFeatureException.class)
                .isThrownBy(() -> report.require("start Culvert"))
                .withMessage("start Culvert: this kernel has no socket programs at getpeername; needs Linux 5.8"
                        + " (and 1 more: culvert features)")
                .matches(e -> e.feature() == KernelFeature.CGROUP_GETPEERNAME);
    }

    @Test
    void optionalFeaturesMayBeMissing() {
        FeatureReport report = new FeatureReport(Map.of(KernelFeature.TCX_LINK, no(KernelFeature.TCX_LINK)));
        assertThatNoException().isThrownBy(() -> report.require("start Culvert"));
    }

    @Test
    void whatIsUnknownIsNotMissing() {
        FeatureReport report = new FeatureReport(
                Map.of(KernelFeature.RING_BUFFER, new FeatureResult.Inconclusive("Operation not permitted (EPERM)")));
        assertThatNoException().isThrownBy(() -> report.require("start Culvert"));
    }

    @Test
    void probeHasThreeOutcomes() {
        assertThat(ProbeOutcome.of(7).judge("Linux 9")).isEqualTo(YES);
        assertThat(ProbeOutcome.of(-Errno.EINVAL.number()).judge("Linux 9"))
                .isEqualTo(new FeatureResult.Unsupported("Linux 9"))
                .hasToString("not supported, needs Linux 9");
        assertThat(ProbeOutcome.of(-Errno.EPERM.number()).judge("Linux 9"))
                .hasToString("unknown: Operation not permitted (EPERM); needs CAP_BPF and CAP_NET_ADMIN (run as root);"
                        + " if it has them, raise the locked-memory limit (ulimit -l)");
    }

    @Test
    void callThatMustFailTellsByItsError() {
        assertThat(ProbeOutcome.expecting(Errno.ENODEV, -Errno.ENODEV.number()).judge("Linux 9"))
                .isEqualTo(YES);
        assertThat(ProbeOutcome.expecting(Errno.ENODEV, -Errno.EINVAL.number()).judge("Linux 9"))
                .isEqualTo(new FeatureResult.Unsupported("Linux 9"));
        assertThat(new ProbeOutcome(-Errno.ENOENT.number(), Set.of(), Set.of(Errno.ENOENT)).judge("an option"))
                .isEqualTo(new FeatureResult.Unsupported("an option"));
    }
}
