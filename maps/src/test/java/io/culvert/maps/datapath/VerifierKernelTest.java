// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.BpfObject;
import io.culvert.loader.BpfProgram;
import io.culvert.testkit.KernelTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every program passes the verifier, with room left below its limit of a million instructions.
@KernelTest
class VerifierKernelTest {

    @ParameterizedTest
    @CsvSource({
        "sock_lb, 10000",
        "pod, 78000",
        "net, 115000",
        "policy, 73000",
        "xdp, 60000",
        "xdp_generic, 60000",
        "explain, 40000",
        "counted, 100",
        "reap, 2000"
    })
    void everyProgramIsVerifiedWithinItsBudget(String object, int budget) {
        try (BpfObject loaded = BpfObject.open(object, PodPrograms.elf(object)).load()) {
            for (BpfProgram program : loaded.programs()) {
                assertThat(program.info().verifiedInstructions())
                        .as(program.name())
                        .isBetween(1, budget);
            }
        }
    }

    @Test
    void theEntryPointsAreTheseAndNoOthers() {
        try (BpfObject sockets = BpfObject.open("sock_lb", PodPrograms.elf("sock_lb"));
                BpfObject packets = BpfObject.open("pod", PodPrograms.elf("pod"));
                BpfObject devices = BpfObject.open("net", PodPrograms.elf("net"));
                BpfObject policies = BpfObject.open("policy", PodPrograms.elf("policy"));
                BpfObject xdp = BpfObject.open("xdp", PodPrograms.elf("xdp"));
                BpfObject xdpGeneric = BpfObject.open("xdp_generic", PodPrograms.elf("xdp_generic"));
                BpfObject counted = BpfObject.open("counted", PodPrograms.elf("counted"));
                BpfObject reap = BpfObject.open("reap", PodPrograms.elf("reap"));
                BpfObject explanations = BpfObject.open("explain", PodPrograms.elf("explain"))) {
            assertThat(names(sockets.load().programs()))
                    .containsExactlyInAnyOrder(
                            "sock_connect4",
                            "sock_connect6",
                            "sock_sendmsg4",
                            "sock_sendmsg6",
                            "sock_recvmsg4",
                            "sock_recvmsg6",
                            "sock_getpeername4",
                            "sock_getpeername6",
                            "sock_post_bind4",
                            "sock_post_bind6",
                            "sock_release",
                            "sock_ops");
            assertThat(names(packets.load().programs()))
                    .containsExactlyInAnyOrder("pod_ingress", "pod_egress", "pod_deliver", "pod_fast");
            assertThat(names(devices.load().programs())).containsExactlyInAnyOrder("net_ingress", "net_egress");
            assertThat(names(xdp.load().programs())).containsExactly("xdp_lb");
            assertThat(names(xdpGeneric.load().programs())).containsExactly("xdp_generic");
            assertThat(names(policies.load().programs()))
                    .containsExactlyInAnyOrder("policy_ingress", "policy_egress", "policy_probe", "policy_fast");
            assertThat(names(counted.load().programs())).containsExactly("counted_sockets");
            assertThat(names(reap.load().programs())).containsExactly("reap_flows");
            assertThat(names(explanations.load().programs())).containsExactly("service_probe");
        }
    }

    private static List<String> names(List<BpfProgram> programs) {
        return programs.stream().map(BpfProgram::name).toList();
    }
}
