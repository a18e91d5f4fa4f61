// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Linux 6.1 gives a chain of calls 512 bytes of stack and rounds that of each function up to 32; later kernels round
/// to
/// 16, so that a program which loads here may be refused there.
class StackDepthTest {

    private static final int STACK = 512;
    private static final int FRAME = 32;

    @ParameterizedTest
    @CsvSource({
        "sock_lb, sock_connect4 sock_connect6 sock_sendmsg4 sock_sendmsg6 sock_recvmsg4 sock_getpeername6 sock_ops",
        "pod, pod_ingress pod_egress pod_deliver pod_fast",
        "net, net_ingress net_egress",
        "policy, policy_egress policy_ingress policy_fast policy_probe",
        "xdp, xdp_lb",
        "xdp_generic, xdp_generic",
        "explain, service_probe"
    })
    void everyChainOfCallsHasItsStackOnLinux6_1(String object, String programs) {
        var chains = new CallChains(PodPrograms.elf(object), FRAME);

        assertThat(List.of(programs.split(" ")))
                .map(chains::deepest)
                .allSatisfy(
                        chain -> assertThat(chain.bytes()).as(chain.toString()).isLessThanOrEqualTo(STACK));
    }
}
