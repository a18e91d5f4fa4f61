// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// One thing that the agent can be told: as option `--key`, as `key` in the configuration file, as `CULVERT_KEY` in the
/// environment. This table is the only list of them; options, help and documentation are made from it.
public final class Setting<T> {

    private static final List<Setting<?>> TABLE = new ArrayList<>();

    public static final Setting<String> NODE_NAME = used(
            "node-name", SettingTypes.NAME, "", "which Node object is this one; else $NODE_NAME, else the host name");
    public static final Setting<SourceKind> SOURCE =
            used("source", SettingTypes.choice(SourceKind.class), "kubernetes", "where the wanted state comes from");
    public static final Setting<Path> KUBECONFIG =
            used("kubeconfig", SettingTypes.FILE, "", "how to reach the API server; in a pod, its service account");
    public static final Setting<String> API_SERVER = used(
            "api-server",
            SettingTypes.NAME,
            "",
            "URL of the API server, reachable without any Service translation; overrides the kubeconfig's");
    public static final Setting<Path> MANIFESTS = used(
            "manifests",
            SettingTypes.DIRECTORY,
            "",
            "all *.yaml, *.yml and *.json below it, watched; implies source manifests");
    public static final Setting<List<String>> POD_INTERFACES = used(
            "pod-interfaces", SettingTypes.GLOBS, "", "host sides of pod veths; else found by routes and bridge ports");
    public static final Setting<Path> CGROUP_ROOT =
            used("cgroup-root", SettingTypes.DIRECTORY, "", "where sock_lb attaches; else the mount point of cgroup2");
    public static final Setting<Path> BPFFS =
            used("bpffs", SettingTypes.DIRECTORY, "/sys/fs/bpf/culvert", "where maps and links are pinned");
    public static final Setting<Path> RUN_DIR = used(
            "run-dir",
            SettingTypes.DIRECTORY,
            "/run/culvert",
            "agent.sock and hubble.sock for the command line, agent.pid, the lock");
    public static final Setting<Path> STATE_DIR = used(
            "state-dir",
            SettingTypes.DIRECTORY,
            "",
            "last good versions of manifests; else /var/lib/culvert, or the run directory where that is not /run/culvert");
    public static final Setting<BindAddress> HEALTHZ = used(
            "healthz-bind-address",
            SettingTypes.ADDRESS,
            "0.0.0.0:10256",
            "/healthz and /livez, as kube-proxy has them");
    public static final Setting<BindAddress> METRICS = used(
            "metrics-bind-address", SettingTypes.ADDRESS, "127.0.0.1:10249", "/metrics for Prometheus, /proxyMode");
    public static final Setting<Boolean> BIND_ADDRESS_HARD_FAIL = used(
            "bind-address-hard-fail",
            SettingTypes.SWITCH,
            "false",
            "end the start if /healthz or /metrics cannot listen; else they are tried again");
    public static final Setting<Path> BPF_SOURCE = used(
            "bpf-source",
            SettingTypes.DIRECTORY,
            "",
            "compile the C below it with clang at start; else built-in objects");
    public static final Setting<Boolean> SOCKET_LB = used(
            "socket-lb",
            SettingTypes.SWITCH,
            "true",
            "choose backends at connect(2); false leaves all to the packet path");
    public static final Setting<Boolean> POLICY = used(
            "policy",
            SettingTypes.ON_OFF,
            "on",
            "whether policies are followed and enforced; off leaves the pods of other nodes alone");
    public static final Setting<ExistingConnections> POLICY_EXISTING_CONNECTIONS = used(
            "policy-existing-connections",
            SettingTypes.choice(ExistingConnections.class),
            "reevaluate",
            "what becomes of connections that policies allow no more: reevaluate cuts them");
    public static final Setting<Boolean> POLICY_ALLOW_ICMP_ECHO = used(
            "policy-allow-icmp-echo",
            SettingTypes.SWITCH,
            "false",
            "whether ICMP echo reaches and leaves pods whatever policies say");
    public static final Setting<PodStart> POD_START = used(
            "pod-start",
            SettingTypes.choice(PodStart.class),
            "best-effort",
            "what holds for a pod before its policies are in force; strict-cni needs the chained CNI plugin");
    public static final Setting<Path> CNI_BIN_DIR = used(
            "cni-bin-dir",
            SettingTypes.DIRECTORY,
            "/opt/cni/bin",
            "where the container runtime looks for CNI plugins; strict-cni puts its own there");
    public static final Setting<Path> CNI_CONF_DIR = used(
            "cni-conf-dir",
            SettingTypes.DIRECTORY,
            "/etc/cni/net.d",
            "where the container runtime finds its network configuration; strict-cni looks whether it asks the plugin");
    public static final Setting<FastPathMode> FAST_PATH = used(
            "fast-path",
            SettingTypes.choice(FastPathMode.class),
            "off",
            "packets between pods of this node go past the stack; auto: unless rules of netfilter may refuse some");
    public static final Setting<Boolean> TCP_PEER_NAME = used(
            "tcp-peer-name",
            SettingTypes.SWITCH,
            "true",
            "getpeername(2) of a TCP socket shows the Service, at the cost of socket storage");
    public static final Setting<Boolean> NODEPORT_BIND_PROTECTION = used(
            "nodeport-bind-protection",
            SettingTypes.SWITCH,
            "false",
            "processes of the node cannot bind NodePorts (EADDRINUSE); needs socket-lb");
    public static final Setting<Duration> CONNTRACK_GC_INTERVAL = used(
            "conntrack-gc-interval", SettingTypes.DURATION, "10s", "how often expired flows are removed from memory");
    public static final Setting<Duration> AUDIT_INTERVAL = used(
            "audit-interval",
            SettingTypes.DURATION,
            "60s",
            "how often the kernel is compared with what was programmed, and put right; 0s: never");
    public static final Setting<Duration> TCP_SYN_TIMEOUT = used(
            "conntrack-tcp-syn", SettingTypes.DURATION, "60s", "a TCP flow whose handshake is not over expires after");
    public static final Setting<Duration> TCP_ESTABLISHED_TIMEOUT = used(
            "conntrack-tcp-established", SettingTypes.DURATION, "24h", "an idle established TCP flow expires after");
    public static final Setting<Duration> TCP_CLOSING_TIMEOUT =
            used("conntrack-tcp-closing", SettingTypes.DURATION, "10s", "a TCP flow after FIN or RST expires after");
    public static final Setting<Duration> UDP_TIMEOUT =
            used("conntrack-udp", SettingTypes.DURATION, "60s", "a UDP flow without an answer expires after");
    public static final Setting<Duration> UDP_STREAM_TIMEOUT =
            used("conntrack-udp-stream", SettingTypes.DURATION, "120s", "an idle answered UDP flow expires after");
    public static final Setting<Integer> KERNEL_CONNTRACK_MAX_PER_CORE = used(
            "kernel-conntrack-max-per-core",
            SettingTypes.count(0, 1 << 26),
            "32768",
            "entries of the kernel's own conntrack table for each CPU, at least; 0 leaves its size alone");
    public static final Setting<Integer> KERNEL_CONNTRACK_MIN = used(
            "kernel-conntrack-min", SettingTypes.count(0, 1 << 26), "131072", "its entries on a machine with few CPUs");
    public static final Setting<Duration> KERNEL_CONNTRACK_TCP_ESTABLISHED = used(
            "kernel-conntrack-tcp-established",
            SettingTypes.DURATION,
            "24h",
            "the kernel forgets an idle established TCP connection after; 0s leaves it alone");
    public static final Setting<Duration> KERNEL_CONNTRACK_TCP_CLOSE_WAIT = used(
            "kernel-conntrack-tcp-close-wait",
            SettingTypes.DURATION,
            "1h",
            "the kernel forgets a half-closed TCP connection after; 0s leaves it alone");
    public static final Setting<Boolean> KERNEL_CONNTRACK_TCP_BE_LIBERAL = used(
            "kernel-conntrack-tcp-be-liberal",
            SettingTypes.SWITCH,
            "false",
            "whether the kernel takes TCP packets out of window for valid; false leaves it alone");
    public static final Setting<Duration> KERNEL_CONNTRACK_UDP = used(
            "kernel-conntrack-udp",
            SettingTypes.DURATION,
            "0s",
            "the kernel forgets a UDP flow without an answer after; 0s leaves it alone");
    public static final Setting<Duration> KERNEL_CONNTRACK_UDP_STREAM = used(
            "kernel-conntrack-udp-stream",
            SettingTypes.DURATION,
            "0s",
            "the kernel forgets an answered UDP flow after; 0s leaves it alone");
    public static final Setting<Boolean> BESIDE_KUBE_PROXY = used(
            "beside-kube-proxy",
            SettingTypes.SWITCH,
            "false",
            "start although kube-proxy runs on this node; for a try, both translate");
    public static final Setting<Integer> OOM_SCORE_ADJ = used(
            "oom-score-adj",
            SettingTypes.count(-1000, 1000),
            "-999",
            "how unlikely the agent is killed when memory is short, as /proc/PID/oom_score_adj");
    public static final Setting<LogLevel> LOG_LEVEL =
            used("log-level", SettingTypes.choice(LogLevel.class), "info", "the least that is logged, on stderr");

    public static final Setting<Integer> MAP_FRONTENDS = map("frontends", "addresses and ports of Services");
    public static final Setting<Integer> MAP_SERVICES = map("services", "Service ports, one for each family");
    public static final Setting<Integer> MAP_SLOTS = map("slots", "backends of all Services, and one more for each");
    public static final Setting<Integer> MAP_BACKENDS = map("backends", "different backends");
    public static final Setting<Integer> MAP_FLOWS =
            map("flows", "connections translated packet by packet take two, masqueraded ones three; does not grow");
    public static final Setting<Integer> MAP_SOCK_OVERFLOW =
            map("sock-overflow", "peers beyond the eighth of unconnected sockets; does not grow");
    public static final Setting<Integer> MAP_OPTED_OUT = map("opted-out", "pods without socket translation");

    public static final Setting<List<String>> DEVICES = used(
            "devices",
            SettingTypes.GLOBS,
            "",
            "node devices for north-south traffic; else those with a default route or an address");
    public static final Setting<XdpChoice> XDP = used(
            "xdp",
            SettingTypes.choice(XdpChoice.class),
            "off",
            "whether packets between clients outside and other nodes are translated before the stack, and where");
    public static final Setting<DsrDispatch> DSR_DISPATCH = used(
            "dsr-dispatch",
            SettingTypes.choice(DsrDispatch.class),
            "ipip",
            "in what packets are handed to other nodes for Services with forwarding mode dsr: ipip or geneve");
    public static final Setting<String> CLUSTER_NAME =
            used("cluster-name", SettingTypes.NAME, "default", "which cluster this node is of, for observers of many");
    public static final Setting<FlowAggregation> FLOW_AGGREGATION = used(
            "flow-aggregation",
            SettingTypes.choice(FlowAggregation.class),
            "medium",
            "how much programs tell of traffic: off is nothing, none is every packet");
    public static final Setting<Integer> FLOW_BUFFER = used(
            "flow-buffer",
            SettingTypes.count(1_000, 1 << 26),
            "1000000",
            "flows that are kept, 128 bytes each, which are taken as they come");
    public static final Setting<BindAddress> HUBBLE =
            used("hubble-listen-address", SettingTypes.ADDRESS, "off", "flows for remote observers, with mutual TLS");
    public static final Setting<Path> HUBBLE_TLS_CERT = used(
            "hubble-tls-cert-file",
            SettingTypes.FILE,
            "/var/lib/culvert/tls/hubble/server.crt",
            "certificate of this node for them, PEM; read again when it changes");
    public static final Setting<Path> HUBBLE_TLS_KEY = used(
            "hubble-tls-key-file",
            SettingTypes.FILE,
            "/var/lib/culvert/tls/hubble/server.key",
            "its key, PKCS #8 in PEM");
    public static final Setting<Path> HUBBLE_TLS_CLIENT_CA = used(
            "hubble-tls-client-ca-file",
            SettingTypes.FILE,
            "/var/lib/culvert/tls/hubble/client-ca.crt",
            "authorities of observers' certificates, PEM");
    public static final Setting<Boolean> HUBBLE_DISABLE_TLS = used(
            "hubble-disable-tls",
            SettingTypes.SWITCH,
            "false",
            "flows for everyone who can reach hubble-listen-address, without TLS");
    public static final Setting<List<IpPrefix>> CLUSTER_CIDR = used(
            "cluster-cidr", SettingTypes.FAMILY_PREFIXES, "", "block of pod addresses, one for each family at most");
    public static final Setting<DetectLocalMode> DETECT_LOCAL_MODE = used(
            "detect-local-mode",
            SettingTypes.choice(DetectLocalMode.class),
            "",
            "which traffic comes from pods; else cluster-cidr where a block is given, else pod-interface");
    public static final Setting<String> POD_BRIDGE_INTERFACE =
            used("pod-bridge-interface", SettingTypes.INTERFACE, "", "for detect-local-mode bridge-interface");
    public static final Setting<String> POD_INTERFACE_NAME_PREFIX = used(
            "pod-interface-name-prefix", SettingTypes.INTERFACE, "", "for detect-local-mode interface-name-prefix");
    public static final Setting<Boolean> MASQUERADE_ALL = used(
            "masquerade-all", SettingTypes.SWITCH, "false", "whether traffic to ClusterIPs gets this node's address");
    public static final Setting<Boolean> ALLOW_EXTERNAL_IPS = used(
            "allow-external-ips",
            SettingTypes.SWITCH,
            "true",
            "whether spec.externalIPs is served: who may write a Service takes traffic to any address by it");
    public static final Setting<List<IpPrefix>> EXTERNAL_ADDRESS_RANGES = used(
            "external-address-ranges",
            SettingTypes.PREFIXES,
            "",
            "what addresses of spec.externalIPs and of load balancers must lie in; else anywhere");
    public static final Setting<PortRange> NODEPORT_RANGE =
            used("nodeport-range", SettingTypes.PORTS, "30000-32767", "ports that the API server gives to NodePorts");
    public static final Setting<NodePortAddresses> NODEPORT_ADDRESSES = used(
            "nodeport-addresses",
            SettingTypes.NODEPORT_ADDRESSES,
            "primary",
            "which addresses of this node serve NodePorts: primary, all, or those in address blocks");
    public static final Setting<Boolean> LOCALHOST_NODEPORTS = used(
            "localhost-nodeports",
            SettingTypes.SWITCH,
            "false",
            "whether this node reaches NodePorts on 127.0.0.1 and ::1");
    public static final Setting<IpAddress> BIND_ADDRESS = used(
            "bind-address",
            SettingTypes.IP,
            "0.0.0.0",
            "this node's primary address of its family, in place of the Node object's; nothing is bound to it");

    static {
        ExportSettings.register();
        OtlpSettings.register();
    }

    private final String key;
    private final SettingType<T> type;
    private final String defaultText;
    private final String meaning;

    private Setting(String key, SettingType<T> type, String defaultText, String meaning) {
        this.key = key;
        this.type = type;
        this.defaultText = defaultText;
        this.meaning = meaning;
        TABLE.add(this);
    }

    static <T> Setting<T> used(String key, SettingType<T> type, String defaultText, String meaning) {
        return new Setting<>(key, type, defaultText, meaning);
    }

    /// The size of a map; without a value it starts as the programs declare it.
    private static Setting<Integer> map(String name, String entries) {
        return used(
                "map-" + name,
                SettingTypes.count(16, 1 << 26),
                "",
                "entries of map " + name.replace('-', '_') + ": " + entries);
    }

    /// All settings, in the order of help and documentation.
    public static List<Setting<?>> all() {
        return List.copyOf(TABLE);
    }

    static Optional<Setting<?>> ofKey(String key) {
        return all().stream().filter(setting -> setting.key.equals(key)).findFirst();
    }

    public String key() {
        return key;
    }

    public SettingType<T> type() {
        return type;
    }

    /// Empty: no value.
    public String defaultText() {
        return defaultText;
    }

    public String meaning() {
        return meaning;
    }

    public String option() {
        return "--" + key;
    }

    public String environmentVariable() {
        return "CULVERT_" + key.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
