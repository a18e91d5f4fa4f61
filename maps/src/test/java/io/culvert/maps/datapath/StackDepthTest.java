// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Linux 6.1 gives a chain of calls 512 bytes of stack and rounds that of each function up to 32. Later kernels round
/// up to 16, so that a program which loads here may be refused there.
class StackDepthTest {

    private static final int STACK = 512;
    private static final int FRAME = 32;

    @ParameterizedTest
    @ValueSource(strings = {"sock_lb", "pod", "net", "policy", "xdp", "xdp_generic", "explain", "counted", "reap"})
    void everyChainOfCallsHasItsStackOnLinux6_1(String object) {
        assertThat(new CallChains(PodPrograms.elf(object), FRAME).all())
                .isNotEmpty()
                .allSatisfy(
                        chain -> assertThat(chain.bytes()).as(chain.toString()).isLessThanOrEqualTo(STACK));
    }
}
