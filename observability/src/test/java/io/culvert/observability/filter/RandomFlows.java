// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.TextFormat;
import com.google.protobuf.TextFormat.ParseException;
import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventDetail;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.net.IpAddress;
import io.culvert.observability.api.flow.FlowFilter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/// Flows and filters of few values each, so that they often fit.
final class RandomFlows {

    private static final List<String> ADDRESSES =
            List.of("10.0.0.1", "10.0.0.2", "10.0.1.9", "192.0.2.1", "fd00::1", "fd00::2", "2001:db8::1");
    private static final int[] PROTOCOLS = {6, 6, 17, 1, 58, 132, 47, 2, 112};
    private static final int[] REASONS = {133, 134, 158, 210, 211, 214, 216, 250};

    /// Values of each field of a filter, in the text format of protobuf.
    private static final List<String> VALUES = List.of(
            "uuid: 'x'",
            "source_ip: '10.0.0.1'|source_ip: 'fd00::/64'|source_ip: '192.0.2.0/24'",
            "source_ip_xlated: '10.0.0.0/8'|source_ip_xlated: 'fd00::1'",
            "source_pod: 'ns1/pod'|source_pod: 'ns2/'|source_pod: '/pod-1'|source_pod: 'web'",
            "source_fqdn: '*'",
            "source_label: 'app=app1'|source_label: 'reserved:world'|source_label: '!app'|source_label: 'tier in (tier0)'",
            "source_service: 'ns0/svc'|source_service: '/svc1'",
            "source_workload { name: 'app1' }|source_workload { kind: 'Deployment' }",
            "source_cluster_name: 'default'|source_cluster_name: 'east'",
            "destination_ip: '10.0.0.2'|destination_ip: '0.0.0.0/0'",
            "destination_pod: 'ns1/'|destination_pod: '/pod-2'",
            "destination_fqdn: '*'",
            "destination_label: 'app=app2'|destination_label: 'app!=app2'",
            "destination_service: 'ns2/'|destination_service: '/svc'",
            "destination_workload { kind: 'DaemonSet' }",
            "destination_cluster_name: 'default'|destination_cluster_name: 'east'",
            "traffic_direction: INGRESS|traffic_direction: EGRESS|traffic_direction: TRAFFIC_DIRECTION_UNKNOWN",
            "verdict: FORWARDED|verdict: DROPPED|verdict: AUDIT|verdict: TRANSLATED|verdict: ERROR",
            "drop_reason_desc: POLICY_DENIED|drop_reason_desc: SERVICE_BACKEND_NOT_FOUND|drop_reason_desc: DROP_REASON_UNKNOWN",
            "interface { name: 'if1' }|interface { index: 2 }|interface { index: 3 name: 'if3' }",
            "event_type { type: 1 }|event_type { type: 4 }|event_type { type: 5 }|event_type { type: 7 }"
                    + "|event_type { match_sub_type: true sub_type: 133 }|event_type { type: 4 match_sub_type: true }",
            "http_status_code: '404'",
            "protocol: 'tcp'|protocol: 'icmp'|protocol: 'sctp'|protocol: 'http'|protocol: 'igmp'|protocol: 'vrrp'",
            "source_port: '0'|source_port: '1'|source_port: '2'",
            "destination_port: '1'|destination_port: '3'",
            "reply: true|reply: false",
            "dns_query: '.*'",
            "source_identity: 2|source_identity: 301|source_identity: 0|source_identity: 257",
            "destination_identity: 2|destination_identity: 302|destination_identity: 258",
            "http_method: 'GET'",
            "http_path: '.*'",
            "http_url: '.*'",
            "http_header { key: 'a' }",
            "tcp_flags { SYN: true }|tcp_flags { SYN: true ACK: true }|tcp_flags { }",
            "node_name: 'n1'|node_name: 'n2'",
            "node_labels: 'zone=a'|node_labels: 'zone=b'|node_labels: 'zone'",
            "ip_version: IPv4|ip_version: IPv6",
            "trace_id: 'x'",
            "ip_trace_id: 1",
            "encrypted: true|encrypted: false");

    static final List<FieldDescriptor> FIELDS = VALUES.stream()
            .map(values -> parse(values.split("\\|")[0])
                    .getAllFields()
                    .keySet()
                    .iterator()
                    .next())
            .toList();

    private final Random random;

    RandomFlows(long seed) {
        this.random = new Random(seed);
    }

    static FlowFilter parse(String text) {
        try {
            return TextFormat.parse(text, FlowFilter.class);
        } catch (ParseException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    private <T> T one(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private int one(int... values) {
        return values[random.nextInt(values.length)];
    }

    /// One to three values of one to three fields.
    FlowFilter filter() {
        FlowFilter.Builder filter = FlowFilter.newBuilder();
        for (int fields = one(1, 1, 2, 3); fields > 0; fields--) {
            List<String> values = Arrays.asList(one(VALUES).split("\\|"));
            for (int count = one(1, 1, 2, 3); count > 0; count--) {
                filter.mergeFrom(parse(one(values)));
            }
        }
        return filter.build();
    }

    List<Event> events(int count) {
        List<EventKind> kinds = new ArrayList<>(EnumSet.complementOf(EnumSet.of(EventKind.LOST)));
        return IntStream.range(0, count).mapToObj(_ -> event(one(kinds))).toList();
    }

    private IpPort end() {
        return new IpPort(IpAddress.of(one(ADDRESSES)), random.nextInt(4));
    }

    private Set<EventFlag> flags() {
        Set<EventFlag> flags = EnumSet.noneOf(EventFlag.class);
        for (EventFlag flag : EventFlag.values()) {
            if (random.nextBoolean()) {
                flags.add(flag);
            }
        }
        return flags;
    }

    Event event(EventKind kind) {
        EventHook hook = kind == EventKind.SOCKET ? EventHook.SOCKET : one(List.of(EventHook.values()));
        EventVerdict verdict = one(List.of(EventVerdict.values()));
        return new Event(
                random.nextLong(1, 1_000_000),
                hook == EventHook.SOCKET || random.nextInt(10) == 0 ? new IpPort(IpAddress.UNSPECIFIED, 0) : end(),
                end(),
                end(),
                kind,
                verdict,
                hook == EventHook.SOCKET ? 0 : random.nextInt(5),
                random.nextInt(6),
                one(0, 256, 257),
                one(0, 257, 258),
                random.nextInt(3),
                60,
                flags(),
                one(PROTOCOLS),
                verdict == EventVerdict.DROPPED || kind == EventKind.DROP ? one(REASONS) : 0,
                hook,
                random.nextInt(32),
                8,
                0,
                new EventDetail(random.nextInt(5), random.nextInt(5), 0, 0));
    }
}
