// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.net.IpAddress;
import java.util.List;
import java.util.Locale;

/// The iptables rules that kube-proxy 1.36 (mode iptables, `--cluster-cidr` set) makes for ClusterIP Services: the same
/// chains in the same order (pkg/proxy/iptables/proxier.go), in the input format of `iptables-restore`.
final class IptablesLayout {

    private static final String FILTER = """
            *filter
            :KUBE-SERVICES - [0:0]
            :KUBE-EXTERNAL-SERVICES - [0:0]
            :KUBE-FORWARD - [0:0]
            :KUBE-NODEPORTS - [0:0]
            :KUBE-PROXY-FIREWALL - [0:0]
            -A INPUT -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
            -A INPUT -j KUBE-NODEPORTS
            -A INPUT -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES
            -A FORWARD -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
            -A FORWARD -j KUBE-FORWARD
            -A FORWARD -m conntrack --ctstate NEW -j KUBE-SERVICES
            -A FORWARD -m conntrack --ctstate NEW -j KUBE-EXTERNAL-SERVICES
            -A OUTPUT -m conntrack --ctstate NEW -j KUBE-PROXY-FIREWALL
            -A OUTPUT -m conntrack --ctstate NEW -j KUBE-SERVICES
            -A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
            -A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT
            -A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            COMMIT
            """;

    private static final String NAT_HEAD = """
            *nat
            :KUBE-SERVICES - [0:0]
            :KUBE-NODEPORTS - [0:0]
            :KUBE-POSTROUTING - [0:0]
            :KUBE-MARK-MASQ - [0:0]
            """;

    private static final String NAT_BASE = """
            -A PREROUTING -j KUBE-SERVICES
            -A OUTPUT -j KUBE-SERVICES
            -A POSTROUTING -j KUBE-POSTROUTING
            -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
            -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
            -A KUBE-POSTROUTING -j MASQUERADE --random-fully
            -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
            """;

    private IptablesLayout() {}

    static String of(List<BenchService> services, String clusterCidr) {
        StringBuilder chains = new StringBuilder(NAT_HEAD);
        StringBuilder rules = new StringBuilder(NAT_BASE);
        for (BenchService service : services) {
            append(chains, rules, service, clusterCidr);
        }
        rules.append("-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS\n");
        return FILTER + chains + rules + "COMMIT\n";
    }

    private static void append(StringBuilder chains, StringBuilder rules, BenchService service, String clusterCidr) {
        String chain = "KUBE-SVC-%016d".formatted(service.index());
        chains.append(":%s - [0:0]%n".formatted(chain));
        rules.append(
                        "-A KUBE-SERVICES -m comment --comment \"default/%s:http cluster IP\" -m tcp -p tcp -d %s --dport %d -j %s%n"
                                .formatted(service.name(), service.clusterIp(), service.port(), chain))
                .append(
                        "-A %s -m comment --comment \"default/%s:http cluster IP\" -m tcp -p tcp -d %s --dport %d ! -s %s -j KUBE-MARK-MASQ%n"
                                .formatted(chain, service.name(), service.clusterIp(), service.port(), clusterCidr));
        int count = service.endpoints().size();
        for (int i = 0; i < count; i++) {
            IpAddress endpoint = service.endpoints().get(i);
            String endpointChain = "KUBE-SEP-%08d%08d".formatted(service.index(), i);
            chains.append(":%s - [0:0]%n".formatted(endpointChain));
            String choice = i == count - 1
                    ? ""
                    : String.format(Locale.ROOT, " -m statistic --mode random --probability %.10f", 1.0 / (count - i));
            rules.append("-A %s -m comment --comment default/%s:http%s -j %s%n"
                            .formatted(chain, service.name(), choice, endpointChain))
                    .append("-A %s -m comment --comment default/%s:http -s %s -j KUBE-MARK-MASQ%n"
                            .formatted(endpointChain, service.name(), endpoint))
                    .append("-A %s -m comment --comment default/%s:http -m tcp -p tcp -j DNAT --to-destination %s:%d%n"
                            .formatted(endpointChain, service.name(), endpoint, service.targetPort()));
        }
    }
}
