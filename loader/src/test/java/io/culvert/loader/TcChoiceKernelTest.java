// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.testkit.KernelTest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The choice between tcx and clsact, the kernel's age being pretended.
@KernelTest(
        min = "6.6",
        commands = {"clang", "ip"})
class TcChoiceKernelTest {

    private final VethPair veth = new VethPair();
    private final BpfObject object = TestObjects.programs().load();

    @AfterEach
    void close() {
        object.close();
        veth.close();
    }

    private Class<?> chosen(FeatureResult tcx) {
        int ifindex = veth.ifindex();
        return veth.onHost(() -> {
            try (Attachment attachment =
                    TcChoice.attach(object.program("first"), ifindex, TcDirection.INGRESS, TcOrder.AFTER_OTHERS, tcx)) {
                return attachment.getClass();
            }
        });
    }

    @Test
    void kernelWithoutTcxGetsAFilter() {
        assertThat(chosen(new FeatureResult.Unsupported("Linux 6.6"))).isEqualTo(ClsactAttachment.class);
    }

    @Test
    void kernelWithTcxGetsALink() {
        assertThat(chosen(new FeatureResult.Supported())).isEqualTo(TcxAttachment.class);
    }

    @Test
    void kernelThatDoesNotTellIsTriedWithALink() {
        assertThat(chosen(new FeatureResult.Inconclusive("the probe failed"))).isEqualTo(TcxAttachment.class);
    }

    @Test
    void thisKernelIsAsked() {
        int ifindex = veth.ifindex();
        boolean link = veth.onHost(() -> {
            try (Attachment attachment =
                    Attachment.attachTc(object.program("first"), ifindex, TcDirection.EGRESS, TcOrder.AFTER_OTHERS)) {
                return attachment instanceof TcxAttachment;
            }
        });
        assertThat(link).isTrue();
    }

    @Test
    void missingInterfaceIsNamed() {
        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() -> TcxAttachment.attach(object.program("first"), 1_000_000, TcDirection.INGRESS))
                .withMessage("attach first to tcx ingress of interface 1000000: No such device (ENODEV);"
                        + " the interface does not exist in this network namespace");
    }
}
