// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import io.culvert.agent.config.KubeProxyImport.Mode;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/// What each field of kubeproxy.config.k8s.io/v1alpha1 means for Culvert. A field that is not set has kube-proxy's
/// default, which is Culvert's too where both have one; the exceptions are in [NodePortRules].
final class KubeProxyRules {

    private interface Rule extends BiConsumer<KubeProxyImport, KubeProxyField> {}

    private static final String NO_RULES = "Culvert writes what changed at once and nothing from time to time";
    private static final String WINDOWS = "for nodes with Windows";
    private static final Set<String> ENVELOPE = Set.of("apiVersion", "kind");

    private static final Map<String, Rule> RULES = new TreeMap<>();

    /// Of maps whose keys are not ours to know.
    private static final Map<String, String> IGNORED_BELOW = Map.of(
            "featureGates.", "Culvert has no feature gates",
            "logging.", "Culvert logs lines of text to stderr",
            "winkernel.", WINDOWS);

    static {
        use("clusterCIDR", Setting.CLUSTER_CIDR);
        use("detectLocalMode", Setting.DETECT_LOCAL_MODE);
        use("detectLocal.bridgeInterface", Setting.POD_BRIDGE_INTERFACE);
        use("detectLocal.interfaceNamePrefix", Setting.POD_INTERFACE_NAME_PREFIX);
        use("bindAddress", Setting.BIND_ADDRESS);
        use("clientConnection.kubeconfig", Setting.KUBECONFIG);
        use("bindAddressHardFail", Setting.BIND_ADDRESS_HARD_FAIL);
        use("oomScoreAdj", Setting.OOM_SCORE_ADJ);
        use("conntrack.maxPerCore", Setting.KERNEL_CONNTRACK_MAX_PER_CORE);
        use("conntrack.min", Setting.KERNEL_CONNTRACK_MIN);
        use("conntrack.tcpBeLiberal", Setting.KERNEL_CONNTRACK_TCP_BE_LIBERAL);
        RULES.put(
                "hostnameOverride",
                (in, field) -> in.use(field, field.text().toLowerCase(Locale.ROOT), Setting.NODE_NAME));
        RULES.put("mode", KubeProxyRules::mode);
        RULES.put("iptables.masqueradeAll", ofMode(Mode.NFTABLES, false, use(Setting.MASQUERADE_ALL)));
        RULES.put("nftables.masqueradeAll", ofMode(Mode.NFTABLES, true, use(Setting.MASQUERADE_ALL)));

        RULES.put(
                "conntrack.tcpEstablishedTimeout",
                conntrack(Setting.KERNEL_CONNTRACK_TCP_ESTABLISHED, Setting.TCP_ESTABLISHED_TIMEOUT));
        RULES.put("conntrack.tcpCloseWaitTimeout", conntrack(Setting.KERNEL_CONNTRACK_TCP_CLOSE_WAIT));
        RULES.put("conntrack.udpTimeout", conntrack(Setting.KERNEL_CONNTRACK_UDP, Setting.UDP_TIMEOUT));
        RULES.put(
                "conntrack.udpStreamTimeout",
                conntrack(Setting.KERNEL_CONNTRACK_UDP_STREAM, Setting.UDP_STREAM_TIMEOUT));
        RULES.put("ipvs.tcpTimeout", ofMode(Mode.IPVS, true, period(Setting.TCP_ESTABLISHED_TIMEOUT)));
        RULES.put("ipvs.tcpFinTimeout", ofMode(Mode.IPVS, true, period(Setting.TCP_CLOSING_TIMEOUT)));
        RULES.put("ipvs.udpTimeout", ofMode(Mode.IPVS, true, period(Setting.UDP_TIMEOUT, Setting.UDP_STREAM_TIMEOUT)));
        RULES.put("ipvs.scheduler", ofMode(Mode.IPVS, true, KubeProxyRules::scheduler));
        RULES.put("logging.verbosity", KubeProxyRules::verbosity);
        RULES.put(
                "iptables.snatNodeInternalIP",
                (in, field) -> in.agree(field, "Culvert masquerades with the node's own address"));
        RULES.put("windowsRunAsService", (in, field) -> in.refuse(field, WINDOWS + "; Culvert runs on Linux only"));

        ignore("Culvert lists once and then follows; it does not poll", "configSyncPeriod");
        ignore(
                "Culvert keeps a few watches open and paces its own requests",
                "clientConnection.qps",
                "clientConnection.burst");
        ignore("Culvert reads JSON", "clientConnection.contentType", "clientConnection.acceptContentTypes");
        ignore("Culvert sets no marks on packets", "iptables.masqueradeBit", "nftables.masqueradeBit");
        ignore(
                NO_RULES,
                "iptables.syncPeriod",
                "iptables.minSyncPeriod",
                "ipvs.syncPeriod",
                "ipvs.minSyncPeriod",
                "nftables.syncPeriod",
                "nftables.minSyncPeriod");
        ignore("Culvert puts no Service address on an interface, so nothing answers ARP for one", "ipvs.strictARP");
        ignore("Culvert touches no virtual servers", "ipvs.excludeCIDRs");
        ignore("there is no profiling page", "enableProfiling");
        ignore("there are no hidden metrics", "showHiddenMetricsForVersion");
        ignore("obsolete in kube-proxy too", "portRange", "udpIdleTimeout", "resourceContainer");
    }

    private KubeProxyRules() {}

    static void apply(KubeProxyImport in) {
        for (KubeProxyField field : in.fields()) {
            Rule rule = RULES.get(field.name());
            if (ENVELOPE.contains(field.name()) || NodePortRules.FIELDS.contains(field.name()) || !field.isSet()) {
                continue;
            }
            if (rule != null) {
                rule.accept(in, field);
            } else if (!ListenRules.FIELDS.contains(field.name())) {
                other(in, field);
            }
        }
        ListenRules.apply(in);
        NodePortRules.apply(in);
    }

    private static void other(KubeProxyImport in, KubeProxyField field) {
        IGNORED_BELOW.entrySet().stream()
                .filter(below -> field.name().startsWith(below.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .ifPresentOrElse(
                        reason -> {
                            if (!field.isZero()) {
                                in.ignore(field, reason);
                            }
                        },
                        () -> in.warn(field, "not a field of v1alpha1, so it has no effect; check its spelling"));
    }

    private static void use(String field, Setting<?> setting) {
        RULES.put(field, use(setting));
    }

    private static Rule use(Setting<?>... settings) {
        return (in, field) -> in.use(field, field.text(), settings);
    }

    private static void ignore(String reason, String... fields) {
        for (String name : fields) {
            RULES.put(name, (in, field) -> {
                if (!field.isZero()) {
                    in.ignore(field, reason);
                }
            });
        }
    }

    /// @param wanted whether the field counts in that mode, or in all others
    private static Rule ofMode(Mode mode, boolean wanted, Rule rule) {
        return (in, field) -> {
            if ((in.mode() == mode) == wanted) {
                rule.accept(in, field);
            } else if (!field.isZero()) {
                in.ignore(field, "not of the mode " + in.mode().name().toLowerCase(Locale.ROOT));
            }
        };
    }

    /// A time that kube-proxy leaves alone where it is zero.
    private static Rule period(Setting<?>... settings) {
        return (in, field) -> {
            Optional<Duration> time = GoDuration.parse(field.text());
            if (time.isEmpty()) {
                in.refuse(field, "it is not a duration; write one as 1h30m0s");
            } else if (!time.get().isZero()) {
                in.use(field, GoDuration.toSetting(time.get()), settings);
            }
        };
    }

    /// Zero leaves the kernel's value alone, where kube-proxy has a default. Our own table follows a value that is set,
    /// unless connections are IPVS's, which has times of its own.
    private static Rule conntrack(Setting<?> kernel, Setting<?>... ours) {
        return (in, field) -> {
            Optional<Duration> time = GoDuration.parse(field.text());
            if (time.isEmpty()) {
                in.refuse(field, "it is not a duration; write one as 1h30m0s");
                return;
            }
            String text = GoDuration.toSetting(time.get());
            if (text.equals(kernel.defaultText())) {
                return;
            }
            if (ours.length == 0 || time.get().isZero() || in.mode() == Mode.IPVS) {
                in.use(field, text, kernel);
            } else {
                in.use(field, text, kernel, ours[0]);
            }
        };
    }

    private static void mode(KubeProxyImport in, KubeProxyField field) {
        switch (field.text()) {
            case "iptables", "ipvs", "nftables" ->
                in.ignore(field, "Culvert has one mode; this one decides what other fields mean");
            case "kernelspace" -> in.refuse(field, WINDOWS + "; Culvert runs on Linux only");
            default -> in.refuse(field, "kube-proxy has no such mode; write iptables, ipvs or nftables");
        }
    }

    private static void scheduler(KubeProxyImport in, KubeProxyField field) {
        in.warn(
                field,
                "Culvert chooses backends at random"
                        + (field.text().equals("rr") ? "" : "; connections are spread differently from before"));
    }

    /// Kubernetes' convention: what helps to follow a program is logged from 4 on.
    private static void verbosity(KubeProxyImport in, KubeProxyField field) {
        if (field.text().matches("[4-9]|[1-9]\\d+")) {
            in.use(field, "debug", Setting.LOG_LEVEL);
        } else if (!field.isZero()) {
            in.ignore(field, "log-level stays info");
        }
    }
}
