// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.maps.datapath.FastPath;
import io.culvert.maps.datapath.PolicyAnswer;
import io.culvert.maps.datapath.PolicyPrograms;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventLevel;
import io.culvert.maps.event.EventRecent;
import io.culvert.maps.event.EventVerdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Constants are not in BTF, so they are compared with the text of `layout.h` and of `layout_*.h`.
final class LayoutConstantsTest {

    private static final Pattern DEFINE =
            Pattern.compile("#define ([A-Z_0-9]+) (?:\\((\\d+)u(?:ll)? << (\\d+)\\)|(\\d+))");
    private static final Pattern REASON = Pattern.compile("\\bDROP_([A-Z_]+) = (\\d+)");

    private static final Map<String, Long> CONSTANTS = new TreeMap<>();
    private static final Map<String, Integer> REASONS = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        String text = Files.readString(Path.of("../bpf/include/culvert/layout.h"))
                + Files.readString(Path.of("../bpf/include/culvert/layout_fast.h"))
                + Files.readString(Path.of("../bpf/include/culvert/layout_policy.h"))
                + Files.readString(Path.of("../bpf/include/culvert/layout_event.h"));
        for (Matcher define = DEFINE.matcher(text); define.find(); ) {
            long value = define.group(4) != null
                    ? Long.parseLong(define.group(4))
                    : Long.parseLong(define.group(2)) << Integer.parseInt(define.group(3));
            CONSTANTS.put(define.group(1), value);
        }
        for (Matcher reason = REASON.matcher(text); reason.find(); ) {
            REASONS.put(reason.group(1), Integer.valueOf(reason.group(2)));
        }
    }

    @Test
    void everyConstantIsTheSameInJava() {
        Map<String, Long> java = new TreeMap<>();
        java.put("LAYOUT_VERSION", (long) Control.LAYOUT_VERSION);
        java.put("FRONTEND_TYPE_SHIFT", (long) Frontend.TYPE_SHIFT);
        java.put("ADDRESS_RANGES", (long) Control.RANGES);
        java.put("CONTROL_FORWARDS", (long) Control.FORWARDS);
        java.put("DEVICE_PODS", (long) Device.PODS);
        java.put("NODE_ADDRESS_NODE_PORTS", (long) AddressKey.NODE_PORTS);
        java.put("NODE_ADDRESS_OTHER", (long) AddressKey.OTHER_NODE);
        java.put("CLUSTER_ADDRESS_REFUSE", (long) AddressKey.REFUSE);
        java.put("CLUSTER_ADDRESS_LEAVE", (long) AddressKey.LEAVE);
        java.put("EXTENT_RESET_REMOVED", (long) ExtentHeader.RESET_REMOVED);
        java.put("EXTENT_TABLES", (long) ExtentHeader.TABLES);
        java.put("SLOT_ENTRIES", (long) ExtentTables.SLOT_ENTRIES);
        java.put("EXTENT_START_BITS", (long) ServiceWord.START_BITS);
        java.put("EXTENT_COUNT_BITS", (long) ServiceWord.COUNT_BITS);
        java.put("EXTENT_PLAIN", ServiceWord.PLAIN);
        java.put("EXTENT_PUBLISHED", ServiceWord.PUBLISHED);
        java.put("EXTENT_ENDPOINTS_ELSEWHERE", (long) ExtentHeader.ENDPOINTS_ELSEWHERE);
        java.put("BACKEND_LOCAL", (long) Backend.LOCAL);
        java.put("BACKEND_TERMINATING", (long) Backend.TERMINATING);
        java.put("BACKEND_INDEX_BITS", (long) BackendIds.INDEX_BITS);
        java.put("SOCK_PEERS", (long) SockPeers.PEERS);
        java.put("SOURCE_PORT_PROBES", (long) Tables.SOURCE_PORT_PROBES);
        Arrays.stream(Algorithm.values()).forEach(a -> java.put("ALGORITHM_" + a.name(), (long) a.number()));
        Arrays.stream(FrontendType.values()).forEach(t -> java.put("FRONTEND_" + t.name(), (long) t.number()));
        Arrays.stream(FrontendFlag.values()).forEach(f -> java.put("FRONTEND_" + f.name(), (long) f.bit()));
        Arrays.stream(AddressRange.Meaning.values()).forEach(m -> java.put("RANGE_" + m.name(), (long) m.bit()));
        Arrays.stream(FlowRole.values()).forEach(r -> java.put("FLOW_" + r.name(), (long) r.number()));
        Arrays.stream(FlowFlag.values()).forEach(f -> java.put("FLOW_" + f.name(), (long) f.bit()));
        Arrays.stream(FastPath.Tail.values()).forEach(tail -> java.put("FAST_TAIL_" + tail, (long) tail.number()));
        java.put("FAST_TAILS", (long) FastPath.Tail.values().length);
        java.putAll(policies());
        java.putAll(events());
        assertThat(CONSTANTS).isEqualTo(java);
    }

    private static Map<String, Long> policies() {
        Map<String, Long> java = new TreeMap<>();
        java.put("POLICY_STRICT", (long) PolicyControl.STRICT);
        java.put("POLICY_KEEP_EXISTING", (long) PolicyControl.KEEP_EXISTING);
        java.put("POLICY_ALLOW_ECHO", (long) PolicyControl.ALLOW_ECHO);
        java.put("POLICY_ENFORCED", (long) PolicyControl.ENFORCED);
        java.put("ENDPOINT_AUDIT", (long) Endpoint.AUDIT);
        java.put("POLICY_BLOCKS", (long) PolicyBlock.BLOCKS);
        java.put("POLICY_BLOCK_ENTRIES", (long) PolicyBlock.ENTRIES);
        java.put("POLICY_BLOCK_CLASS", Integer.toUnsignedLong(PolicyBlock.CLASS));
        java.put("POLICY_LENGTHS", (long) PolicyLength.ENTRIES);
        java.put("POLICY_LENGTH_STEPS", (long) PolicyLength.STEPS);
        java.put("POLICY_SET_USED", (long) PolicySetEntry.USED);
        java.put("POLICY_SET_ISOLATED", (long) PolicySetEntry.ISOLATED);
        java.put("POLICY_SET_TIERED", (long) PolicySetEntry.TIERED);
        java.put("POLICY_PEER_SHIFT", (long) PolicyPeerKey.SHIFT);
        java.put("POLICY_INDEX_BITS", (long) PolicyPorts.INDEX_BITS);
        java.put("POLICY_INDEX_LEVELS", (long) PolicyPorts.INDEX_LEVELS);
        java.put("POLICY_INDEX_STEP", Integer.toUnsignedLong(PolicyPorts.INDEX_STEP));
        java.put("POLICY_ACTION_BITS", (long) PolicyStep.ACTION_BITS);
        java.put("POLICY_ACCEPT", (long) PolicyStep.ACCEPT);
        java.put("POLICY_DENY", (long) PolicyStep.DENY);
        java.put("POLICY_PASS", (long) PolicyStep.PASS);
        java.put("POLICY_TICK_BITS", (long) PolicyFlow.TICK_BITS);
        java.put("POLICY_CONNECTIONS", (long) PolicyConnection.ENTRIES);
        java.put("POLICY_RECENT_BITS", (long) PolicyRecent.BITS);
        java.put("POLICY_EGRESS", (long) PolicyFlow.EGRESS);
        java.put("POLICY_INGRESS", (long) PolicyFlow.INGRESS);
        java.put("POLICY_FLOW_OPENER_HIGH", (long) PolicyFlow.OPENER_HIGH);
        java.put("POLICY_FLOW_HOST", (long) PolicyFlow.HOST);
        java.put("POLICY_FLOW_ESTABLISHED", (long) PolicyFlow.ESTABLISHED);
        java.put("POLICY_FLOW_OPENER_CLOSED", (long) PolicyFlow.OPENER_CLOSED);
        java.put("POLICY_FLOW_TARGET_CLOSED", (long) PolicyFlow.TARGET_CLOSED);
        java.put("POLICY_FLOW_RESET", (long) PolicyFlow.RESET);
        java.put("POLICY_FLOW_AUDITED", (long) PolicyFlow.AUDITED);
        Arrays.stream(PolicyPrograms.Tail.values()).forEach(t -> java.put("POLICY_TAIL_" + t, (long) t.number()));
        java.put("POLICY_TAILS", (long) PolicyPrograms.Tail.values().length);
        Arrays.stream(PolicyPeerKey.Kind.values()).forEach(k -> java.put("POLICY_PEER_" + k, (long) k.number()));
        Arrays.stream(PolicyAnswer.Reason.values()).forEach(r -> java.put("POLICY_BY_" + r, (long) r.number()));
        return java;
    }

    private static Map<String, Long> events() {
        Map<String, Long> java = new TreeMap<>();
        Arrays.stream(EventLevel.values()).forEach(level -> java.put("EVENTS_" + level, (long) level.number()));
        Arrays.stream(EventKind.values()).forEach(kind -> java.put("EVENT_" + kind, (long) kind.number()));
        java.put("EVENT_KINDS", (long) EventKind.COUNT);
        Arrays.stream(EventVerdict.values()).forEach(v -> java.put("EVENT_" + v, (long) v.number()));
        Arrays.stream(EventHook.values()).forEach(hook -> java.put("EVENT_AT_" + hook, (long) hook.number()));
        Arrays.stream(EventFlag.values()).forEach(flag -> java.put("EVENT_FLAG_" + flag, (long) flag.bit()));
        java.put("EVENT_RECENT_BITS", (long) EventRecent.BITS);
        java.put("EVENT_RECENT_SHIFT", (long) EventRecent.SHIFT);
        return java;
    }

    @Test
    void everyDropReasonIsTheSameInJava() {
        Map<String, Integer> java = new TreeMap<>(Map.of("REASONS", DropReason.COUNT));
        Arrays.stream(DropReason.values()).forEach(reason -> java.put(reason.name(), reason.number()));
        assertThat(REASONS).isEqualTo(java);
    }
}
