// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import io.culvert.observability.filter.FlowSelectionTest.Row;
import java.util.stream.Stream;

/// Expected matches for each field of a filter, in the text format of protobuf.
final class FilterRows {

    private FilterRows() {}

    private static Row fits(String filter, String flow) {
        return new Row(filter, flow, true);
    }

    private static Row misses(String filter, String flow) {
        return new Row(filter, flow, false);
    }

    static Stream<Row> all() {
        return Stream.of(addresses(), endpoints(), labels(), packets(), places(), unseen())
                .flatMap(rows -> rows);
    }

    private static Stream<Row> addresses() {
        return Stream.of(
                fits("source_ip: '10.1.0.2'", "IP { source: '10.1.0.2' }"),
                misses("source_ip: '10.1.0.2'", "IP { destination: '10.1.0.2' }"),
                misses("source_ip: '10.1.0.2'", ""),
                fits("source_ip: '10.1.0.0/16'", "IP { source: '10.1.255.2' }"),
                misses("source_ip: '10.1.0.0/16'", "IP { source: '10.2.0.0' }"),
                misses("source_ip: '0.0.0.0/0'", "IP { source: 'fd00::1' }"),
                fits("destination_ip: 'fd00:0::1'", "IP { destination: 'fd00::1' }"),
                fits("destination_ip: '1.1.1.1' destination_ip: 'fd00::/8'", "IP { destination: 'fd00::1' }"),
                misses("destination_ip: 'fd00::/8'", "IP { destination: 'fe80::1' }"),
                fits("source_ip_xlated: '192.0.2.1'", "IP { source: '10.0.0.1' source_xlated: '192.0.2.1' }"),
                misses("source_ip_xlated: '10.0.0.1'", "IP { source: '10.0.0.1' source_xlated: '192.0.2.1' }"),
                misses("source_ip_xlated: '0.0.0.0/0'", "IP { source: '10.0.0.1' }"),
                fits("ip_version: IPv4", "IP { ipVersion: IPv4 }"),
                misses("ip_version: IPv4", "IP { ipVersion: IPv6 }"),
                fits("ip_version: IPv4 ip_version: IPv6", "IP { ipVersion: IPv6 }"),
                fits("ip_version: IP_NOT_USED", ""),
                fits("source_port: '80'", "l4 { TCP { source_port: 80 } }"),
                fits("source_port: '80'", "l4 { UDP { source_port: 80 } }"),
                fits("source_port: '80'", "l4 { SCTP { source_port: 80 } }"),
                misses("source_port: '80'", "l4 { TCP { source_port: 81 destination_port: 80 } }"),
                misses("source_port: '0'", "l4 { ICMPv4 { type: 8 } }"),
                fits("destination_port: '80' destination_port: '443'", "l4 { UDP { destination_port: 443 } }"),
                misses("destination_port: '80'", "l4 { TCP { source_port: 80 destination_port: 81 } }"),
                misses("destination_port: '80'", ""),
                fits("encrypted: false", "IP { source: '10.0.0.1' }"),
                misses("encrypted: true", "IP { source: '10.0.0.1' }"));
    }

    private static Stream<Row> endpoints() {
        return Stream.of(
                fits("source_pod: 'shop/web'", "source { namespace: 'shop' pod_name: 'web-7f' }"),
                misses("source_pod: 'shop/web'", "source { namespace: 'shop-2' pod_name: 'web-7f' }"),
                misses("source_pod: 'shop/web'", "source { namespace: 'shop' pod_name: 'my-web' }"),
                fits("source_pod: 'shop/'", "source { namespace: 'shop' pod_name: 'db' }"),
                misses("source_pod: 'shop/'", "destination { namespace: 'shop' pod_name: 'db' }"),
                fits("source_pod: 'web'", "source { namespace: 'default' pod_name: 'web' }"),
                misses("source_pod: 'web'", "source { namespace: 'shop' pod_name: 'web' }"),
                fits("source_pod: '/web'", "source { namespace: 'shop' pod_name: 'web' }"),
                fits("source_pod: '/'", "source { namespace: 'shop' pod_name: 'web' }"),
                misses("source_pod: '/'", "source { identity: 2 labels: 'reserved:world' }"),
                fits("destination_pod: 'a/' destination_pod: 'b/'", "destination { namespace: 'b' pod_name: 'x' }"),
                misses("destination_pod: 'a/'", "source { namespace: 'a' pod_name: 'x' }"),
                fits("source_service: 'shop/web'", "source_service { namespace: 'shop' name: 'web' }"),
                misses("source_service: 'shop/web'", "destination_service { namespace: 'shop' name: 'web' }"),
                fits("destination_service: 'web'", "destination_service { namespace: 'default' name: 'web-api' }"),
                misses("destination_service: 'web'", "destination_service { namespace: 'shop' name: 'web' }"),
                misses("destination_service: 'shop/'", "destination { namespace: 'shop' pod_name: 'web' }"),
                fits("source_workload { name: 'web' }", "source { workloads { name: 'web' kind: 'Deployment' } }"),
                fits("source_workload { kind: 'Deployment' }", "source { workloads { name: 'x' kind: 'Deployment' } }"),
                misses(
                        "source_workload { name: 'web' kind: 'DaemonSet' }",
                        "source { workloads { name: 'web' kind: 'Deployment' } }"),
                misses("source_workload { name: 'web' }", "source { pod_name: 'web' }"),
                fits("destination_workload { name: 'db' }", "destination { workloads { name: 'db' } }"),
                misses("destination_workload { name: 'db' }", "source { workloads { name: 'db' } }"),
                fits("source_cluster_name: 'default'", "source { cluster_name: 'default' }"),
                misses("source_cluster_name: 'default'", "source { pod_name: 'x' }"),
                fits("destination_cluster_name: 'b'", "destination { cluster_name: 'b' }"),
                misses("destination_cluster_name: 'b'", "source { cluster_name: 'b' }"),
                fits("source_identity: 2", "source { identity: 2 }"),
                misses("source_identity: 2", "destination { identity: 2 }"),
                fits("destination_identity: 1 destination_identity: 300", "destination { identity: 300 }"),
                misses("destination_identity: 30", "destination { identity: 300 }"));
    }

    private static Stream<Row> labels() {
        String web = "source { labels: 'k8s:app=web' labels: 'k8s:tier=front' labels: 'k8s:empty=' }";
        return Stream.of(
                fits("source_label: 'app=web'", web),
                fits("source_label: 'app==web'", web),
                fits("source_label: 'k8s:app=web'", web),
                fits("source_label: 'any:app = web'", web),
                misses("source_label: 'container:app=web'", web),
                misses("source_label: 'app=we'", web),
                fits("source_label: 'app != db'", web),
                misses("source_label: 'app != web'", web),
                fits("source_label: 'zone != a'", web),
                fits("source_label: 'app in (db, web)'", web),
                misses("source_label: 'app notin (db, web, web)'", web),
                fits("source_label: 'app in (web),tier=front, !canary'", web),
                misses("source_label: 'app in (web),tier=back'", web),
                misses("source_label: '!app'", web),
                fits("source_label: 'app'", web),
                fits("source_label: 'empty='", web),
                fits("source_label: 'zone' source_label: 'tier'", web),
                fits("source_label: ''", web),
                fits("source_label: 'reserved:world'", "source { labels: 'reserved:world' }"),
                misses("source_label: 'reserved:world'", "destination { labels: 'reserved:world' }"),
                fits(
                        "destination_label: 'k8s:app.kubernetes.io/name=x_1.y'",
                        "destination { labels: 'k8s:app.kubernetes.io/name=x_1.y' }"),
                misses("destination_label: 'app=web'", web),
                fits("node_labels: 'zone=a'", "node_labels: 'zone=a' node_labels: 'x=y'"),
                misses("node_labels: 'zone=b'", "node_labels: 'zone=a'"));
    }

    private static Stream<Row> packets() {
        return Stream.of(
                fits("uuid: 'a' uuid: 'b'", "uuid: 'b'"),
                misses("uuid: 'a'", "uuid: 'ab'"),
                fits("verdict: DROPPED verdict: AUDIT", "verdict: AUDIT"),
                misses("verdict: DROPPED", "verdict: FORWARDED"),
                misses("verdict: FORWARDED", ""),
                fits("drop_reason_desc: POLICY_DENIED", "verdict: DROPPED drop_reason_desc: POLICY_DENIED"),
                misses("drop_reason_desc: POLICY_DENIED", "verdict: DROPPED drop_reason_desc: POLICY_DENY"),
                fits("traffic_direction: INGRESS", "traffic_direction: INGRESS"),
                misses("traffic_direction: INGRESS", "traffic_direction: EGRESS"),
                misses("traffic_direction: INGRESS traffic_direction: EGRESS", ""),
                fits("event_type { type: 4 }", "event_type { type: 4 sub_type: 101 }"),
                misses("event_type { type: 4 }", "event_type { type: 1 }"),
                misses("event_type { type: 4 }", ""),
                fits(
                        "event_type { type: 1 match_sub_type: true sub_type: 133 }",
                        "event_type { type: 1 sub_type: 133 }"),
                misses(
                        "event_type { type: 1 match_sub_type: true sub_type: 133 }",
                        "event_type { type: 1 sub_type: 134 }"),
                fits("event_type { match_sub_type: true sub_type: 2 }", "event_type { type: 5 sub_type: 2 }"),
                fits("reply: true", "is_reply { value: true }"),
                misses("reply: true", "is_reply { value: false }"),
                fits("reply: false", "is_reply { }"),
                misses("reply: false", "verdict: FORWARDED"),
                fits("reply: false", "verdict: DROPPED"),
                misses("reply: true", "verdict: DROPPED"),
                fits("protocol: 'tcp'", "l4 { TCP { } }"),
                fits("protocol: 'TCP' protocol: 'udp'", "l4 { UDP { } }"),
                misses("protocol: 'tcp'", "l4 { UDP { } }"),
                fits("protocol: 'icmp'", "l4 { ICMPv4 { } }"),
                fits("protocol: 'icmp'", "l4 { ICMPv6 { } }"),
                misses("protocol: 'icmpv4'", "l4 { ICMPv6 { } }"),
                fits("protocol: 'sctp'", "l4 { SCTP { } }"),
                fits("protocol: 'vrrp'", "l4 { VRRP { } }"),
                fits("protocol: 'igmp'", "l4 { IGMP { } }"),
                misses("protocol: 'http'", "l4 { TCP { destination_port: 80 } }"),
                misses("protocol: 'tcp'", ""),
                fits("tcp_flags { SYN: true }", "l4 { TCP { flags { SYN: true ACK: true } } }"),
                misses("tcp_flags { SYN: true ACK: true }", "l4 { TCP { flags { SYN: true } } }"),
                fits("tcp_flags { RST: true } tcp_flags { FIN: true }", "l4 { TCP { flags { FIN: true } } }"),
                misses("tcp_flags { NS: true }", "l4 { TCP { flags { SYN: true } } }"),
                misses("tcp_flags { SYN: true }", "l4 { TCP { } }"),
                misses("tcp_flags { SYN: true }", "l4 { UDP { } }"));
    }

    private static Stream<Row> places() {
        return Stream.of(
                fits("node_name: 'n1'", "node_name: 'default/n1'"),
                fits("node_name: 'n1'", "node_name: 'n1'"),
                fits("node_name: 'default/n1'", "node_name: 'n1'"),
                misses("node_name: 'n1'", "node_name: 'default/n12'"),
                misses("node_name: 'n1'", ""),
                fits("node_name: 'n*'", "node_name: 'default/n12'"),
                fits("node_name: 'prod/*.example.com'", "node_name: 'prod/a.b.example.com'"),
                misses("node_name: 'prod/*.example.com'", "node_name: 'test/a.example.com'"),
                fits("node_name: 'prod/'", "node_name: 'prod/n1'"),
                misses("node_name: 'n.1'", "node_name: 'default/nx1'"),
                fits("interface { name: 'eth0' }", "interface { index: 2 name: 'eth0' }"),
                fits("interface { index: 2 }", "interface { index: 2 name: 'eth0' }"),
                misses("interface { index: 3 name: 'eth0' }", "interface { index: 2 name: 'eth0' }"),
                misses("interface { name: 'eth1' }", "interface { index: 2 name: 'eth0' }"),
                misses("interface { name: 'eth0' }", ""),
                fits("source_fqdn: '*.example.com'", "source_names: 'x.org' source_names: 'a.example.com'"),
                misses("source_fqdn: '*.example.com'", "source_names: 'example.com'"),
                misses("source_fqdn: 'a.com'", "source_names: 'abcom'"),
                fits("destination_fqdn: 'A.com.' destination_fqdn: 'b.com'", "destination_names: 'a.com'"),
                misses("destination_fqdn: '*'", ""));
    }

    /// What no flow of Culvert tells, so that nothing fits.
    private static Stream<Row> unseen() {
        String http = "l7 { http { code: 404 method: 'GET' url: 'http://a/b' } }";
        return Stream.of(
                misses("http_status_code: '404' http_status_code: '4+'", http),
                misses("http_method: 'GET'", http),
                misses("http_path: '/b'", http),
                misses("http_url: '.*'", http),
                misses("http_header { key: 'a' value: 'b' }", http),
                misses("dns_query: '.*'", "l7 { dns { query: 'a' } }"),
                misses("trace_id: 'x'", "uuid: 'x'"),
                misses("ip_trace_id: 1", "uuid: '1'"));
    }
}
