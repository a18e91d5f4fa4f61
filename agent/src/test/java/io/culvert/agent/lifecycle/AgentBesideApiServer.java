// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.config.ConfigFile;
import io.culvert.agent.config.Setting;
import io.culvert.agent.config.Settings;
import io.culvert.agent.doctor.LiveMachine;
import io.culvert.agent.doctor.MountTable;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.testkit.fakeapi.FakeApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Tests of a real agent in this process, which follows an API server with node `n1`. Its socket programs are on an
/// empty cgroup.
@SuppressWarnings("NullAway.Init") // set before each test
abstract class AgentBesideApiServer {

    private final String name =
            "culvert-test-" + ProcessHandle.current().pid() + "-" + getClass().getSimpleName();
    final Path pins = Path.of("/sys/fs/bpf", name);

    @TempDir
    Path temporary;

    private Path cgroup;
    FakeApiServer server;

    @BeforeEach
    void startServer() throws IOException {
        MountTable mounts = MountTable.parse(Files.readString(MountTable.FILE));
        cgroup = Files.createDirectory(
                mounts.ofType("cgroup2").orElseThrow().point().resolve(name));
        server = FakeApiServer.start();
        putNode();
    }

    final void putNode() {
        server.put("{apiVersion: v1, kind: Node, metadata: {name: n1}}");
    }

    /// Pod `web` of the node, in the default namespace.
    final void putPod() {
        server.put("{apiVersion: v1, kind: Namespace, metadata: {name: default}}");
        server.put("""
                apiVersion: v1
                kind: Pod
                metadata: {name: web, namespace: default, uid: u-web}
                spec: {nodeName: n1}
                status: {phase: Running, podIPs: [{ip: 10.1.0.3}]}
                """);
    }

    @AfterEach
    void remove() throws IOException {
        server.close();
        DatapathPins.remove(pins);
        Files.deleteIfExists(cgroup);
    }

    final Path runDir() {
        return temporary.resolve("run");
    }

    /// What an agent needs that is not the machine's: it keeps off interfaces, ports and the kernel's settings.
    final Map<Setting<?>, String> options() {
        Map<Setting<?>, String> options = new HashMap<>();
        options.put(Setting.RUN_DIR, runDir().toString());
        options.put(Setting.BPFFS, pins.toString());
        options.put(Setting.CGROUP_ROOT, cgroup.toString());
        options.put(Setting.POD_INTERFACES, "no-such-interface");
        options.put(Setting.DEVICES, "no-such-interface");
        options.put(Setting.KERNEL_CONNTRACK_MAX_PER_CORE, "0");
        options.put(Setting.KERNEL_CONNTRACK_TCP_ESTABLISHED, "0s");
        options.put(Setting.KERNEL_CONNTRACK_TCP_CLOSE_WAIT, "0s");
        options.put(Setting.HEALTHZ, "127.0.0.1:0");
        options.put(Setting.METRICS, "127.0.0.1:0");
        return options;
    }

    final Agent start() {
        return start(Map.of());
    }

    /// @param others in place of those, or beside them
    final Agent start(Map<Setting<?>, String> others) {
        Map<Setting<?>, String> options = options();
        options.put(Setting.API_SERVER, server.url());
        options.putAll(others);
        return start(options, ConfigFile.NONE);
    }

    static Agent start(Map<Setting<?>, String> options, ConfigFile file) {
        return Agent.start(Settings.resolve(options, Map.of(), file), "n1", new LiveMachine());
    }
}
