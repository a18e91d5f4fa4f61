// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import io.culvert.agent.config.BindAddress;
import io.culvert.agent.config.DsrDispatch;
import io.culvert.agent.config.ExistingConnections;
import io.culvert.agent.config.FlowAggregation;
import io.culvert.agent.config.PodStart;
import io.culvert.agent.config.Setting;
import io.culvert.agent.config.Settings;
import io.culvert.agent.config.SourceKind;
import io.culvert.agent.doctor.Machine;
import io.culvert.agent.doctor.MountTable;
import io.culvert.agent.network.NetworkSettings;
import io.culvert.agent.network.SourcePorts;
import io.culvert.agent.network.WantedNetwork;
import io.culvert.loader.compile.ClangCompiler;
import io.culvert.loader.netlink.NetworkNamespace;
import io.culvert.maps.PolicyControl;
import io.culvert.maps.datapath.DatapathConfig;
import io.culvert.maps.datapath.DatapathSettings;
import io.culvert.maps.datapath.FlowTimeouts;
import io.culvert.maps.datapath.ObjectSource;
import io.culvert.maps.datapath.PortRange;
import io.culvert.maps.datapath.SocketPrograms;
import io.culvert.servicelb.desired.ServiceRules;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What an agent is to do, from its settings and the machine.
///
/// @param nodeName name of this node's Node object
/// @param cgroupRoot where sock_lb attaches
record Plan(Settings settings, String nodeName, Path cgroupRoot) {

    private static final Map<Setting<Integer>, String> MAPS = Map.of(
            Setting.MAP_FRONTENDS, "frontends",
            Setting.MAP_SERVICES, "services",
            Setting.MAP_SLOTS, "slots",
            Setting.MAP_BACKENDS, "backends",
            Setting.MAP_FLOWS, "flows",
            Setting.MAP_SOCK_OVERFLOW, "sock_overflow",
            Setting.MAP_OPTED_OUT, "opted_out");

    /// @throws StartException if the machine has no cgroup2 and none is named, or the named one is none
    static Plan of(Settings settings, String nodeName, Machine machine) {
        MountTable mounts = MountTable.parse(machine.read(MountTable.FILE).orElse(""));
        Path root = settings.find(Setting.CGROUP_ROOT)
                .or(() -> mounts.ofType("cgroup2").map(MountTable.Mount::point))
                .orElseThrow(() -> new StartException(
                        "find the cgroup2 mount: there is none; mount one and name it with --cgroup-root"));
        boolean cgroup2 = mounts.containing(root.toAbsolutePath().normalize())
                .filter(mount -> mount.type().equals("cgroup2"))
                .isPresent();
        if (!cgroup2 || !Files.isDirectory(root)) {
            throw new StartException("use cgroup " + root + ": "
                    + (cgroup2 ? "No such file or directory (ENOENT)" : "not on a cgroup2 file system")
                    + "; name one with --cgroup-root");
        }
        return new Plan(settings, nodeName, root);
    }

    Path runDir() {
        return settings.get(Setting.RUN_DIR);
    }

    StateDirectory stateDir() {
        return StateDirectory.of(settings.find(Setting.STATE_DIR).orElse(null), runDir());
    }

    Path bpffs() {
        return settings.get(Setting.BPFFS);
    }

    NetworkSettings network() {
        return NetworkSettings.of(settings);
    }

    /// `--manifests` alone is enough to mean that source.
    boolean fromManifests() {
        return settings.find(Setting.MANIFESTS).isPresent() || settings.get(Setting.SOURCE) == SourceKind.MANIFESTS;
    }

    Path manifests() {
        return settings.find(Setting.MANIFESTS)
                .orElseThrow(() -> new StartException("read manifests: no directory given; name it with --manifests"));
    }

    Optional<BindAddress.Endpoint> endpoint(Setting<BindAddress> setting) {
        return settings.get(setting) instanceof BindAddress.Endpoint endpoint
                ? Optional.of(endpoint)
                : Optional.empty();
    }

    /// Flags of [PolicyControl].
    int policyFlags() {
        return (settings.get(Setting.POLICY_EXISTING_CONNECTIONS) == ExistingConnections.KEEP
                        ? PolicyControl.KEEP_EXISTING
                        : 0)
                | (settings.get(Setting.POLICY_ALLOW_ICMP_ECHO) ? PolicyControl.ALLOW_ECHO : 0)
                | (settings.get(Setting.POD_START) == PodStart.STRICT_LINK ? PolicyControl.STRICT : 0);
    }

    /// Programs on sockets beside those that every node has.
    Set<SocketPrograms> socketPrograms() {
        // Sockets may be counted already; once the agent is ready, this one is taken off where none is.
        Set<SocketPrograms> programs = EnumSet.of(SocketPrograms.COUNT);
        if (settings.get(Setting.NODEPORT_BIND_PROTECTION)) {
            programs.add(SocketPrograms.PROTECT_NODE_PORTS);
        }
        if (settings.get(Setting.FLOW_AGGREGATION) != FlowAggregation.OFF) {
            programs.add(SocketPrograms.TELL_ENDS);
        }
        return programs;
    }

    FlowTimeouts timeouts() {
        return new FlowTimeouts(
                settings.get(Setting.TCP_SYN_TIMEOUT),
                settings.get(Setting.TCP_ESTABLISHED_TIMEOUT),
                settings.get(Setting.TCP_CLOSING_TIMEOUT),
                settings.get(Setting.UDP_TIMEOUT),
                settings.get(Setting.UDP_STREAM_TIMEOUT));
    }

    Duration gcInterval() {
        return settings.get(Setting.CONNTRACK_GC_INTERVAL);
    }

    /// Zero: no audits but those that are asked for.
    Duration auditInterval() {
        return settings.get(Setting.AUDIT_INTERVAL);
    }

    DatapathSettings datapathSettings(WantedNetwork network) {
        var range = settings.get(Setting.NODEPORT_RANGE);
        PortRange nodePorts = new PortRange(range.first(), range.last());
        return new DatapathSettings(
                network.primary().ipv4(),
                network.primary().ipv6(),
                SourcePorts.ofThisNode(nodePorts),
                nodePorts,
                timeouts(),
                DatapathSettings.DEFAULT.rejectRate(),
                settings.get(Setting.TCP_PEER_NAME),
                settings.get(Setting.MASQUERADE_ALL),
                network.detectsPods(),
                settings.get(Setting.LOCALHOST_NODEPORTS),
                settings.get(Setting.DSR_DISPATCH) == DsrDispatch.GENEVE,
                NetworkNamespace.currentCookie());
    }

    /// What Services may do on this node.
    ServiceRules serviceRules() {
        return new ServiceRules(
                settings.get(Setting.MASQUERADE_ALL),
                settings.get(Setting.ALLOW_EXTERNAL_IPS),
                settings.find(Setting.EXTERNAL_ADDRESS_RANGES).orElse(List.of()),
                settings.get(Setting.POLICY));
    }

    /// Compiles the programs where the settings ask for it.
    DatapathConfig datapath(WantedNetwork network) {
        ObjectSource objects = settings.find(Setting.BPF_SOURCE)
                .map(source -> ObjectSource.compiled(ClangCompiler.onPath().compile(source)))
                .orElseGet(ObjectSource::builtIn);
        Map<String, Integer> entries = new HashMap<>();
        MAPS.forEach((setting, map) -> settings.find(setting).ifPresent(count -> entries.put(map, count)));
        return new DatapathConfig(bpffs(), objects, entries, datapathSettings(network));
    }
}
