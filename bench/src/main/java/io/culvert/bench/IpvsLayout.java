// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What kube-proxy (mode ipvs, scheduler `rr`, `--cluster-cidr` set) makes for ClusterIP Services: a virtual server and
/// an address of the device `kube-ipvs0` each, sets of their addresses, and rules that ask these sets
/// (pkg/proxy/ipvs). IPv4 only.
///
/// @param services all of one family
record IpvsLayout(List<BenchService> services, String clusterCidr) {

    private static final String DEVICE = "kube-ipvs0";

    private static final String RULES = """
            *filter
            :KUBE-FORWARD - [0:0]
            :KUBE-NODE-PORT - [0:0]
            :KUBE-PROXY-FIREWALL - [0:0]
            :KUBE-IPVS-FILTER - [0:0]
            :KUBE-IPVS-OUT-FILTER - [0:0]
            -A INPUT -j KUBE-IPVS-FILTER
            -A INPUT -j KUBE-PROXY-FIREWALL
            -A INPUT -j KUBE-NODE-PORT
            -A FORWARD -j KUBE-PROXY-FIREWALL
            -A FORWARD -j KUBE-FORWARD
            -A OUTPUT -j KUBE-IPVS-OUT-FILTER
            -A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT
            -A KUBE-FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A KUBE-IPVS-FILTER -m set --match-set KUBE-CLUSTER-IP dst,dst -j RETURN
            -A KUBE-IPVS-FILTER -m conntrack --ctstate NEW -m set --match-set KUBE-IPVS-IPS dst -j REJECT
            COMMIT
            *nat
            :KUBE-SERVICES - [0:0]
            :KUBE-POSTROUTING - [0:0]
            :KUBE-NODE-PORT - [0:0]
            :KUBE-MARK-MASQ - [0:0]
            -A PREROUTING -j KUBE-SERVICES
            -A OUTPUT -j KUBE-SERVICES
            -A POSTROUTING -j KUBE-POSTROUTING
            -A KUBE-SERVICES -s 127.0.0.0/8 -j RETURN
            -A KUBE-SERVICES ! -s @PODS@ -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ
            -A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT
            -A KUBE-SERVICES -m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT
            -A KUBE-POSTROUTING -m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE
            -A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
            -A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
            -A KUBE-POSTROUTING -j MASQUERADE --random-fully
            -A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
            COMMIT
            """;

    /// For `sysctl -p`.
    String settings() {
        return """
                net.ipv4.vs.conntrack = 1
                net.ipv4.vs.expire_nodest_conn = 1
                net.ipv4.vs.expire_quiescent_template = 1
                net.ipv4.ip_forward = 1
                """;
    }

    /// For `ip -batch`. The device stays down: its addresses are the node's all the same.
    String device() {
        return "link add %s type dummy%n".formatted(DEVICE)
                + each("addr add %s/32 dev " + DEVICE, BenchService::clusterIp);
    }

    /// For `ipset restore -file`. What a Service's own pod sends to itself is in the set `KUBE-LOOP-BACK`.
    String sets() {
        return """
                create KUBE-CLUSTER-IP hash:ip,port family inet hashsize 1024 maxelem 65536
                create KUBE-LOOP-BACK hash:ip,port,ip family inet hashsize 1024 maxelem 65536
                create KUBE-IPVS-IPS hash:ip family inet hashsize 1024 maxelem 65536
                """
                + each("add KUBE-CLUSTER-IP %s,tcp:" + BenchService.PORT, BenchService::clusterIp)
                + each("add KUBE-IPVS-IPS %s", BenchService::clusterIp)
                + services.stream()
                        .flatMap(service -> service.endpoints().stream()
                                .map(end ->
                                        "add KUBE-LOOP-BACK %s,tcp:%d,%s%n".formatted(end, service.targetPort(), end)))
                        .distinct()
                        .collect(Collectors.joining());
    }

    /// For `iptables-restore`, which needs the sets.
    String rules() {
        return RULES.replace("@PODS@", clusterCidr);
    }

    /// For `ipvsadm -R`.
    String servers() {
        StringBuilder lines = new StringBuilder();
        for (BenchService service : services) {
            String server = service.clusterIp() + ":" + service.port();
            lines.append("-A -t %s -s rr%n".formatted(server));
            service.endpoints()
                    .forEach(end ->
                            lines.append("-a -t %s -r %s:%d -m -w 1%n".formatted(server, end, service.targetPort())));
        }
        return lines.toString();
    }

    private String each(String line, Function<BenchService, Object> value) {
        return services.stream()
                .map(service -> line.formatted(value.apply(service)) + "\n")
                .collect(Collectors.joining());
    }
}
