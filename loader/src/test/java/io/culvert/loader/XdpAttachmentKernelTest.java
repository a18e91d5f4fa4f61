// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.testkit.KernelTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@KernelTest(commands = {"clang", "ip"})
class XdpAttachmentKernelTest {

    private final VethPair veth = new VethPair();
    private final BpfObject object = TestObjects.programs().load();

    @AfterEach
    void close() {
        object.close();
        veth.close();
    }

    private XdpMode attached(String name, XdpMode mode) {
        int ifindex = veth.ifindex(name);
        return veth.onHost(() -> {
            try (XdpAttachment attachment = XdpAttachment.attach(object.program("xdp_first"), ifindex, mode)) {
                return attachment.mode();
            }
        });
    }

    @Test
    void driverWithXdpRunsItInEitherMode() {
        assertThat(attached("host0", XdpMode.NATIVE)).isEqualTo(XdpMode.NATIVE);
        assertThat(attached("host0", XdpMode.GENERIC)).isEqualTo(XdpMode.GENERIC);
    }

    @Test
    void driverWithoutXdpGetsItGenerically() {
        veth.ip("link add bridge0 type bridge");
        assertThat(attached("bridge0", XdpMode.GENERIC)).isEqualTo(XdpMode.GENERIC);
    }

    @Test
    void modeThatTheDriverLacksIsRefusedWhenItIsAskedFor() {
        veth.ip("link add bridge0 type bridge");
        int ifindex = veth.ifindex("bridge0");
        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() ->
                        veth.onHost(() -> XdpAttachment.attach(object.program("xdp_first"), ifindex, XdpMode.NATIVE)))
                .withMessageStartingWith("attach xdp_first to native XDP of bridge0: ");
    }

    @Test
    void interfaceThatIsTakenSaysHowToFreeIt() {
        int ifindex = veth.ifindex();
        veth.onHost(() -> {
            try (XdpAttachment first = XdpAttachment.attach(object.program("xdp_first"), ifindex, XdpMode.NATIVE)) {
                assertThatExceptionOfType(SystemCallException.class)
                        .isThrownBy(() -> XdpAttachment.attach(object.program("xdp_second"), ifindex, XdpMode.NATIVE))
                        .withMessage("attach xdp_second to native XDP of host0: Device or resource busy (EBUSY);"
                                + " another XDP program is there; ip link set dev host0 xdp off removes it");
                return first.programId();
            }
        });
    }
}
