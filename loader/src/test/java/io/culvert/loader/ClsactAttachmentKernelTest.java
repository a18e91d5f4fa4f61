// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.testkit.KernelTest;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Others use the same qdisc: what is theirs stays as it is.
@KernelTest(commands = {"clang", "ip", "tc"})
class ClsactAttachmentKernelTest {

    private final VethPair veth = new VethPair();
    private final int ifindex = veth.ifindex();
    private final BpfObject object =
            TestObjects.programs().configure("config_verdict", -1).load();

    @AfterEach
    void close() {
        object.close();
        veth.close();
    }

    private ClsactAttachment attach(TcDirection direction) {
        return veth.onHost(() -> ClsactAttachment.attach(object.program("first"), ifindex, direction));
    }

    private void replace(Attachment attachment) {
        veth.onHost(() -> {
            attachment.replace(object.program("second"));
            return attachment;
        });
    }

    private void detach(Attachment attachment) {
        veth.onHost(() -> {
            attachment.detach();
            return attachment;
        });
    }

    private String qdiscs() {
        return veth.tc("qdisc show dev host0");
    }

    private String ingressFilters() {
        return veth.tc("filter show dev host0 ingress");
    }

    @Test
    void filterOfAnotherOwnerAndHisQdiscStay() {
        veth.tc("qdisc add dev host0 clsact");
        veth.tc("filter add dev host0 ingress protocol ip prio 7 u32 match u32 0 0 flowid 1:1");
        String before = ingressFilters();
        ClsactAttachment attachment = attach(TcDirection.INGRESS);
        assertThat(ingressFilters()).startsWith(before).contains("first");
        replace(attachment);
        assertThat(ingressFilters()).startsWith(before).contains("second").doesNotContain("first");
        detach(attachment);
        assertThat(ingressFilters()).isEqualTo(before);
        veth.tc("filter del dev host0 ingress");
        assertThat(qdiscs()).contains("clsact");
    }

    @Test
    void emptyQdiscOfAnotherOwnerStays() {
        veth.tc("qdisc add dev host0 clsact");
        detach(attach(TcDirection.EGRESS));
        assertThat(qdiscs()).contains("clsact");
    }

    @Test
    void ownQdiscGoesWithTheLastFilter() {
        ClsactAttachment ingress = attach(TcDirection.INGRESS);
        ClsactAttachment egress = attach(TcDirection.EGRESS);
        assertThat(qdiscs()).contains("clsact");
        detach(ingress);
        assertThat(qdiscs()).contains("clsact");
        assertThat(veth.tc("filter show dev host0 egress")).contains("first");
        detach(egress);
        assertThat(qdiscs()).doesNotContain("clsact");
    }

    @Test
    void ownQdiscStaysWhileAnotherOwnerHasAFilter() {
        ClsactAttachment attachment = attach(TcDirection.INGRESS);
        veth.tc("filter add dev host0 egress protocol ip prio 1 u32 match u32 0 0 flowid 1:1");
        detach(attachment);
        assertThat(qdiscs()).contains("clsact");
        assertThat(veth.tc("filter show dev host0 egress")).contains("u32");
    }

    @Test
    void priorityThatAFilterOfAnotherKindHasIsLeftToIt() {
        veth.tc("qdisc add dev host0 clsact");
        veth.tc("filter add dev host0 ingress protocol ip prio 50 u32 match u32 0 0 flowid 1:1");
        ClsactAttachment attachment = attach(TcDirection.INGRESS);
        assertThat(attachment.priority()).isEqualTo(51);
        assertThat(ingressFilters()).contains("pref 50 u32").contains("pref 51 bpf");
        detach(attachment);
        assertThat(ingressFilters()).contains("pref 50 u32").doesNotContain("pref 51");
    }

    @Test
    void filterOfAnotherOwnerWithTheSamePriorityStays() {
        veth.tc("qdisc add dev host0 clsact");
        Path pin = Path.of(
                "/sys/fs/bpf/culvert-ld-other-" + ProcessHandle.current().pid());
        object.program("second").pin(pin);
        try {
            veth.tc("filter add dev host0 ingress prio 50 handle 9 bpf direct-action object-pinned " + pin);
        } finally {
            Pins.remove(pin);
        }
        ClsactAttachment attachment = attach(TcDirection.INGRESS);
        assertThat(attachment.priority()).isEqualTo(50);
        assertThat(ingressFilters()).contains("handle 0x9", "second", "first");
        detach(attachment);
        assertThat(ingressFilters()).contains("handle 0x9", "second").doesNotContain("first");
    }

    @Test
    void leftOverFilterIsReplacedNotDoubled() {
        ClsactAttachment left = attach(TcDirection.INGRESS);
        ClsactAttachment again = attach(TcDirection.INGRESS);
        assertThat(ingressFilters().lines().filter(line -> line.contains("first")))
                .hasSize(1);
        assertThat(again.priority()).isEqualTo(left.priority());
    }
}
