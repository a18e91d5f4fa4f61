// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.datapath.PortRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SourcePortsTest {

    @ParameterizedTest
    @CsvSource({
        "32768, 60999, 30000, 32767, 1024, 29999, 61000, 65535",
        "40000, 50000, 30000, 32767, 1024, 29999, 50001, 65535",
        "10000, 65535, 2000, 3000, 3001, 9999, 1024, 1999",
        "1024, 60999, 30000, 32767, 61000, 65535, 61000, 65535",
        "1024, 65535, 30000, 32767, 32768, 65535, 1024, 29999",
        "1, 65535, 1, 65535, 1024, 65535, 1024, 65535"
    })
    void A21_21_whatTheNodeDoesNotUseIsLeft(
            int first, int last, int nodePort, int lastNodePort, int a, int b, int c, int d) {
        assertThat(SourcePorts.beside(new PortRange(first, last), new PortRange(nodePort, lastNodePort)))
                .containsExactly(new PortRange(a, b), new PortRange(c, d));
    }

    @Test
    void thisNodesRangeIsRead() {
        assertThat(SourcePorts.ofThisNode(new PortRange(30000, 32767))).hasSize(2);
    }
}
