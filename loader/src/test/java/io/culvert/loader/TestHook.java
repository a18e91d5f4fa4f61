// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.nio.file.Files;
import java.util.concurrent.Callable;

/// A hook of each kind that programs of `programs.c` are attached to: how to attach, and how to make the kernel run
/// what is attached.
enum TestHook {
    TCX_INGRESS("first", "second", 0, "tcx ingress of host0"),
    TCX_EGRESS("first", "second", 0, "tcx egress of host0"),
    CLSACT_INGRESS("first", "second", 0, "clsact ingress of host0, priority 50"),
    CLSACT_EGRESS("first", "second", 0, "clsact egress of host0, priority 50"),
    XDP_NATIVE("xdp_first", "xdp_second", 4, "XDP of host0"),
    XDP_GENERIC("xdp_first", "xdp_second", 4, "XDP of host0"),
    CGROUP("connect_first", "connect_second", 2, "connect4 of cgroup");

    final String first;
    final String second;
    final int counter;
    final String description;

    TestHook(String first, String second, int counter, String description) {
        this.first = first;
        this.second = second;
        this.counter = counter;
        this.description = description;
    }

    /// A hook that exists for one test.
    Scene set() {
        return new Scene(this);
    }

    /// Runs actions where the hook is.
    static final class Scene implements AutoCloseable {

        private final TestHook hook;
        private final VethPair veth = new VethPair();
        private final TestCgroup cgroup = new TestCgroup();
        private final int ifindex = veth.ifindex();

        private Scene(TestHook hook) {
            this.hook = hook;
        }

        Attachment attach(BpfProgram program) {
            return switch (hook) {
                case TCX_INGRESS -> TcxAttachment.attach(program, ifindex, TcDirection.INGRESS);
                case TCX_EGRESS -> TcxAttachment.attach(program, ifindex, TcDirection.EGRESS);
                case CLSACT_INGRESS -> ClsactAttachment.attach(program, ifindex, TcDirection.INGRESS);
                case CLSACT_EGRESS -> ClsactAttachment.attach(program, ifindex, TcDirection.EGRESS);
                case XDP_NATIVE -> XdpAttachment.attach(program, ifindex, XdpMode.NATIVE);
                case XDP_GENERIC -> XdpAttachment.attach(program, ifindex, XdpMode.GENERIC);
                case CGROUP -> CgroupAttachment.attach(program, cgroup.path(), CgroupHook.CONNECT4);
            };
        }

        /// When it returns, the kernel has run what is attached.
        void provoke() {
            switch (hook) {
                case TCX_INGRESS, CLSACT_INGRESS, XDP_NATIVE, XDP_GENERIC -> veth.sendToHost();
                case TCX_EGRESS, CLSACT_EGRESS -> veth.sendToPod();
                case CGROUP -> cgroup.connect();
            }
        }

        <T> T inside(Callable<T> action) {
            return veth.onHost(action);
        }

        /// Takes away what the program is attached to.
        void removeTarget() {
            if (hook == CGROUP) {
                cgroup.close();
            } else {
                veth.removeInterface();
            }
        }

        @Override
        public void close() {
            veth.close();
            if (Files.exists(cgroup.path())) {
                cgroup.close();
            }
        }
    }
}
