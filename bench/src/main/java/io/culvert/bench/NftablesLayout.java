// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import java.util.ArrayList;
import java.util.List;

/// The nftables rules that kube-proxy 1.36 (mode nftables, `--cluster-cidr` set) makes for ClusterIP and NodePort
/// Services: the same base chains, priorities, verdict maps and chains per Service and endpoint
/// (pkg/proxy/nftables/proxier.go), in the input format of `nft -f`.
final class NftablesLayout {

    private static final String BASE = """
            add table ip kube-proxy
            add chain ip kube-proxy filter-prerouting { type filter hook prerouting priority -110 ; }
            add chain ip kube-proxy filter-input { type filter hook input priority -110 ; }
            add chain ip kube-proxy filter-forward { type filter hook forward priority -110 ; }
            add chain ip kube-proxy filter-output { type filter hook output priority -110 ; }
            add chain ip kube-proxy filter-output-post-dnat { type filter hook output priority -90 ; }
            add chain ip kube-proxy nat-prerouting { type nat hook prerouting priority -100 ; }
            add chain ip kube-proxy nat-output { type nat hook output priority -100 ; }
            add chain ip kube-proxy nat-postrouting { type nat hook postrouting priority 100 ; }
            add map ip kube-proxy service-ips { type ipv4_addr . inet_proto . inet_service : verdict ; }
            add map ip kube-proxy service-nodeports { type inet_proto . inet_service : verdict ; }
            add map ip kube-proxy no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict ; }
            add map ip kube-proxy no-endpoint-nodeports { type inet_proto . inet_service : verdict ; }
            add map ip kube-proxy firewall-ips { type ipv4_addr . inet_proto . inet_service : verdict ; }
            add set ip kube-proxy cluster-ips { type ipv4_addr ; }
            add set ip kube-proxy nodeport-ips { type ipv4_addr ; }
            add chain ip kube-proxy services
            add chain ip kube-proxy masquerading
            add chain ip kube-proxy mark-for-masquerade
            add chain ip kube-proxy firewall-check
            add chain ip kube-proxy service-endpoints-check
            add chain ip kube-proxy nodeport-endpoints-check
            add chain ip kube-proxy cluster-ips-check
            add rule ip kube-proxy filter-prerouting ct state new jump firewall-check
            add rule ip kube-proxy filter-input ct state new jump nodeport-endpoints-check
            add rule ip kube-proxy filter-input ct state new jump service-endpoints-check
            add rule ip kube-proxy filter-forward ct state new jump service-endpoints-check
            add rule ip kube-proxy filter-forward ct state new jump cluster-ips-check
            add rule ip kube-proxy filter-output ct state new jump service-endpoints-check
            add rule ip kube-proxy filter-output ct state new jump firewall-check
            add rule ip kube-proxy filter-output-post-dnat ct state new jump cluster-ips-check
            add rule ip kube-proxy nat-prerouting jump services
            add rule ip kube-proxy nat-output jump services
            add rule ip kube-proxy nat-postrouting jump masquerading
            add rule ip kube-proxy mark-for-masquerade mark set mark or 0x4000
            add rule ip kube-proxy masquerading mark and 0x4000 == 0 return
            add rule ip kube-proxy masquerading mark set mark xor 0x4000
            add rule ip kube-proxy masquerading masquerade fully-random
            add rule ip kube-proxy firewall-check ip daddr . meta l4proto . th dport vmap @firewall-ips
            add rule ip kube-proxy service-endpoints-check ip daddr . meta l4proto . th dport vmap @no-endpoint-services
            add rule ip kube-proxy nodeport-endpoints-check ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports
            add rule ip kube-proxy cluster-ips-check ip daddr @cluster-ips reject
            add rule ip kube-proxy services ip daddr . meta l4proto . th dport vmap @service-ips
            add rule ip kube-proxy services ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports
            """;

    /// Services.
    private static final int TRANSACTION = 1_000;

    private NftablesLayout() {}

    /// In several transactions, because the time of one grows faster than its size.
    ///
    /// @param services all of one family
    /// @param nodeIp the node's primary address of that family, which serves NodePorts
    static List<String> of(List<BenchService> services, String clusterCidr, IpAddress nodeIp) {
        List<String> transactions = new ArrayList<>();
        transactions.add(
                of(nodeIp.family(), BASE + "add element ip kube-proxy nodeport-ips { %s }%n".formatted(nodeIp)));
        for (int first = 0; first < services.size(); first += TRANSACTION) {
            StringBuilder rules = new StringBuilder();
            services.subList(first, Math.min(services.size(), first + TRANSACTION))
                    .forEach(service -> append(rules, service, clusterCidr));
            transactions.add(of(nodeIp.family(), rules.toString()));
        }
        return transactions;
    }

    /// The rules of the other family are the same but for words.
    private static String of(IpFamily family, String ipv4) {
        return family == IpFamily.IPV4
                ? ipv4
                : ipv4.replaceAll("\\bip (kube-proxy|daddr|saddr)", "ip6 $1").replace("ipv4_addr", "ipv6_addr");
    }

    private static void append(StringBuilder rules, BenchService service, String clusterCidr) {
        String chain = "service-BENCHSVC-default/%s/tcp/http".formatted(service.name());
        StringBuilder choices = new StringBuilder();
        for (int i = 0; i < service.endpoints().size(); i++) {
            IpAddress endpoint = service.endpoints().get(i);
            String endpointChain = "endpoint-BENCHEPS-default/%s/tcp/http__%s/%d"
                    .formatted(service.name(), endpoint.toString().replace(':', '.'), service.targetPort());
            rules.append("add chain ip kube-proxy %s%n".formatted(endpointChain))
                    .append("add rule ip kube-proxy %s ip saddr %s jump mark-for-masquerade%n"
                            .formatted(endpointChain, endpoint))
                    .append("add rule ip kube-proxy %s meta l4proto tcp dnat to %s:%d%n"
                            .formatted(
                                    endpointChain,
                                    endpoint.isV4() ? endpoint : "[" + endpoint + "]",
                                    service.targetPort()));
            choices.append(i == 0 ? "" : ", ").append("%d : goto %s".formatted(i, endpointChain));
        }
        rules.append("add chain ip kube-proxy %s%n".formatted(chain))
                .append("add rule ip kube-proxy %s ip daddr %s tcp dport %d ip saddr != %s jump mark-for-masquerade%n"
                        .formatted(chain, service.clusterIp(), service.port(), clusterCidr))
                .append("add rule ip kube-proxy %s numgen random mod %d vmap { %s }%n"
                        .formatted(chain, service.endpoints().size(), choices))
                .append("add element ip kube-proxy cluster-ips { %s }%n".formatted(service.clusterIp()))
                .append("add element ip kube-proxy service-ips { %s . tcp . %d : goto %s }%n"
                        .formatted(service.clusterIp(), service.port(), chain));
        if (service.nodePort() != 0) {
            String external = "external-BENCHSVC-default/%s/tcp/http".formatted(service.name());
            rules.append("add chain ip kube-proxy %s%n".formatted(external))
                    .append("add rule ip kube-proxy %s jump mark-for-masquerade%n".formatted(external))
                    .append("add rule ip kube-proxy %s goto %s%n".formatted(external, chain))
                    .append("add element ip kube-proxy service-nodeports { tcp . %d : goto %s }%n"
                            .formatted(service.nodePort(), external));
        }
    }
}
