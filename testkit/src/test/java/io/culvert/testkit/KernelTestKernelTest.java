// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

@KernelTest(min = "6.1", commands = "ip")
class KernelTestKernelTest {

    @Test
    void runsOnlyWhereRootCanSeeTheKernel() {
        assertThat(KernelVersion.running()).isGreaterThanOrEqualTo(new KernelVersion(6, 1));
        assertThat(Files.isWritable(Path.of("/proc/sys/net/ipv4/ip_forward"))).isTrue();
    }
}
