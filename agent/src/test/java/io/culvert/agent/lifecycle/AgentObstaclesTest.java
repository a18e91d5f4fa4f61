// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.agent.config.ConfigFile;
import io.culvert.agent.config.Setting;
import io.culvert.agent.config.Settings;
import io.culvert.agent.doctor.RecordedMachine;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An agent that cannot run says so in one line, and touches nothing.
final class AgentObstaclesTest {

    @TempDir
    private Path temporary;

    @Test
    void notRoot() {
        assertRefused(
                RecordedMachine.healthy().notRoot(), "user: not root; run it with sudo, or in a privileged container");
    }

    @Test
    void kernelTooOld() {
        assertRefused(
                RecordedMachine.healthy().kernel("5.15.0-130-generic"),
                "kernel: Linux 5.15.0-130-generic is too old; boot Linux 6.1 or newer");
    }

    @Test
    void noLibbpf() {
        assertRefused(
                RecordedMachine.healthy().noLibbpf("load libbpf: libbpf.so.1 not found"),
                "libbpf: load libbpf: libbpf.so.1 not found; install it: apt install libbpf1");
    }

    @Test
    void noBpffs() {
        assertRefused(
                RecordedMachine.healthy()
                        .file("/proc/self/mountinfo", "41 31 0:38 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"),
                "bpffs: /sys/fs/bpf/culvert is not on a bpf file system; run: mount -t bpf bpf /sys/fs/bpf");
    }

    @Test
    void noCgroup2() {
        assertRefused(
                RecordedMachine.healthy().file("/proc/self/mountinfo", "42 23 0:39 / /sys/fs/bpf rw - bpf bpf rw\n"),
                "cgroup2: not mounted, sock_lb has nothing to attach to; boot with systemd.unified_cgroup_hierarchy=1,"
                        + " or run: mkdir -p /run/cgroup2 && mount -t cgroup2 cgroup2 /run/cgroup2");
    }

    @Test
    void A17_03_besideALiveKubeProxy() {
        assertRefused(
                RecordedMachine.healthy().process(11, "/usr/local/bin/kube-proxy --config=/config"),
                "kube-proxy runs as process 11; remove it: kubectl -n kube-system delete daemonset kube-proxy"
                        + " (k3s: --disable-kube-proxy), or start with --beside-kube-proxy true");
    }

    private void assertRefused(RecordedMachine machine, String obstacle) {
        Path runDir = temporary.resolve("run");
        Settings settings = Settings.resolve(
                Map.of(Setting.RUN_DIR, runDir.toString(), Setting.MANIFESTS, temporary.toString()),
                Map.of(),
                ConfigFile.NONE);

        assertThatThrownBy(() -> Agent.start(settings, "n1", machine))
                .isInstanceOf(StartException.class)
                .hasMessage("start agent: " + obstacle);
        assertThat(runDir).doesNotExist();
    }
}
