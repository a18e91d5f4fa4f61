// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.flows;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupPodsTest {

    private static final String UID = "0f2c4f9e-1111-4222-8333-123456789abc";

    @TempDir
    private Path root;

    private long made(String path) throws IOException {
        return (Long) Files.getAttribute(Files.createDirectories(root.resolve(path)), "unix:ino");
    }

    @Test
    void containersBelongToTheirPods() throws IOException {
        long container = made("kubepods/besteffort/pod" + UID + "/main");
        String underscores = "aaaa_bbbb";
        long scope = made("kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + underscores
                + ".slice/cri-containerd-12.scope");
        long system = made("system.slice/sshd.service");

        CgroupPods pods = new CgroupPods(root);

        assertThat(pods.uid(container)).contains(UID);
        assertThat(pods.uid(scope)).contains("aaaa-bbbb");
        assertThat(pods.uid(system)).isEmpty();
    }

    @Test
    void namesOfBothDriversAreRead() {
        assertThat(CgroupPods.uidIn("pod" + UID)).contains(UID);
        assertThat(CgroupPods.uidIn("kubepods-pod" + UID.replace('-', '_') + ".slice"))
                .contains(UID);
        assertThat(CgroupPods.uidIn("kubepods-besteffort.slice")).isEmpty();
        assertThat(CgroupPods.uidIn("kubepods")).isEmpty();
    }
}
