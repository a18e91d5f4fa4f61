// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.testkit.KernelTest;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@KernelTest(commands = "clang")
class CgroupAttachmentKernelTest {

    private final BpfObject object = TestObjects.programs().load();

    @AfterEach
    void close() {
        object.close();
    }

    @Test
    void directoryThatIsNoCgroupIsRefused() {
        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() -> attach(Path.of("/tmp"), CgroupHook.CONNECT4))
                .withMessage("attach connect_first to connect4 of cgroup /tmp: Bad file descriptor (EBADF);"
                        + " name a directory of a cgroup2 file system");
    }

    @Test
    void missingCgroupIsNamed() {
        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() -> attach(Path.of("/sys/fs/cgroup/culvert-absent"), CgroupHook.CONNECT4))
                .withMessage("attach connect_first to connect4 of cgroup /sys/fs/cgroup/culvert-absent:"
                        + " No such file or directory (ENOENT)");
    }

    @Test
    void programOfAnotherHookIsRefused() {
        try (TestCgroup cgroup = new TestCgroup()) {
            assertThatExceptionOfType(SystemCallException.class)
                    .isThrownBy(() -> attach(cgroup.path(), CgroupHook.SENDMSG4))
                    .matches(e -> e.is(Errno.EINVAL));
        }
    }

    private CgroupAttachment attach(Path cgroup, CgroupHook hook) {
        return CgroupAttachment.attach(object.program("connect_first"), cgroup, hook);
    }
}
