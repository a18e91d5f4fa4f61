// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.testkit.KernelTest;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@KernelTest
class PinDirectoryKernelTest {

    private final Path root =
            Path.of("/sys/fs/bpf/culvert-ld-pins-" + ProcessHandle.current().pid());

    @AfterEach
    void remove() {
        PinDirectory.existing(root).remove();
    }

    @Test
    void directoryElsewhereIsRefusedWithTheMountCommand(@TempDir Path elsewhere) {
        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> PinDirectory.open(elsewhere.resolve("a/b")))
                .withMessage("open pin directory " + elsewhere + "/a/b: not on a BPF file system;"
                        + " mount a BPF file system there: mount -t bpf bpf /sys/fs/bpf");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void pinElsewhereIsRefusedWithTheMountCommand(@TempDir Path elsewhere) {
        try (BpfMap map = BpfMap.create(MapSpec.of("culvert_test", MapType.HASH, 4, 4, 1))) {
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> map.pin(elsewhere.resolve("map")))
                    .withMessageEndingWith("mount -t bpf bpf /sys/fs/bpf");
        }
    }

    @Test
    void readerMakesNothing() {
        assertThat(PinDirectory.existing(root).pinnedMaps()).isEmpty();
        assertThat(root).doesNotExist();
    }

    @Test
    void pinnedMapIsOpenedAgain() {
        PinDirectory pins = PinDirectory.open(root);
        int id;
        try (BpfMap map = BpfMap.create(MapSpec.of("culvert_test", MapType.HASH, 4, 4, 1))) {
            id = map.info().id();
            map.pin(pins.map("culvert.test"));
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> map.pin(pins.map("culvert.test")))
                    .withMessageContaining("pin map culvert_test at " + root + "/maps/culvert_test: File exists");
        }
        assertThat(pins.pinnedMaps()).containsExactly(pins.map("culvert.test"));
        try (BpfMap map = pins.openMap("culvert.test").orElseThrow()) {
            assertThat(map.info().id()).isEqualTo(id);
        }
        assertThat(pins.openMap("other")).isEmpty();
        pins.remove();
        assertThat(root).doesNotExist();
        assertThat(BpfMap.byId(id)).isEmpty();
    }
}
