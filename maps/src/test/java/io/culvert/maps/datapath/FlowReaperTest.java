// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.btf.Btf;
import io.culvert.loader.btf.ElfFile;
import org.junit.jupiter.api.Test;

class FlowReaperTest {

    @Test
    void whatAPassIsAskedForAndDidIsThatOfTheObject() {
        assertThat(FlowReaper.differences(btf("reap"))).isEmpty();
        assertThat(FlowReaper.differences(btf("counted"))).isNotEmpty();
    }

    private static Btf btf(String object) {
        return Btf.read(ElfFile.read(PodPrograms.elf(object)));
    }
}
