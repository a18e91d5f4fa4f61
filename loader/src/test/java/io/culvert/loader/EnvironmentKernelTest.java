// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.testkit.KernelTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What users see when the machine is not as it should be.
@KernelTest(commands = {"clang", "setpriv"})
class EnvironmentKernelTest {

    @Test
    void missingLibraryIsOneErrorThatSaysWhatToInstall(@TempDir Path directory) throws IOException {
        assertThat(LoadOnce.run(directory, List.of(), List.of("-Dculvert.libbpf=libbpf-absent.so.1")))
                .isEqualTo("MissingLibraryException load libbpf: libbpf-absent.so.1 not found;"
                        + " install it: apt install libbpf1");
    }

    @Test
    void processWithoutCapabilitiesIsToldWhichItNeeds(@TempDir Path directory) throws IOException {
        assertThat(LoadOnce.run(directory, List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all"), List.of()))
                .startsWith("SystemCallException load object programs")
                .contains("Operation not permitted (EPERM); needs CAP_BPF and CAP_NET_ADMIN");
    }

    @Test
    void processWithEverythingLoads(@TempDir Path directory) throws IOException {
        assertThat(LoadOnce.run(directory, List.of(), List.of())).isEqualTo("loaded");
    }
}
