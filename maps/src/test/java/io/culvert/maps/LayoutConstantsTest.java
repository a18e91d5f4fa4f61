// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import static org.assertj.core.api.Assertions.assertThat;

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

/// Constants are not in BTF, so they are compared with the text of `layout.h`.
final class LayoutConstantsTest {

    private static final Pattern DEFINE =
            Pattern.compile("#define ([A-Z_0-9]+) (?:\\((\\d+)u(?:ll)? << (\\d+)\\)|(\\d+))");
    private static final Pattern REASON = Pattern.compile("\\bDROP_([A-Z_]+) = (\\d+)");

    private static final Map<String, Long> CONSTANTS = new TreeMap<>();
    private static final Map<String, Integer> REASONS = new TreeMap<>();

    @BeforeAll
    static void read() throws IOException {
        String text = Files.readString(Path.of("../bpf/include/culvert/layout.h"));
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
        java.put("DEVICE_PODS", (long) Device.PODS);
        java.put("NODE_ADDRESS_NODE_PORTS", (long) AddressKey.NODE_PORTS);
        java.put("CLUSTER_ADDRESS_REFUSE", (long) AddressKey.REFUSE);
        java.put("CLUSTER_ADDRESS_LEAVE", (long) AddressKey.LEAVE);
        java.put("EXTENT_RESET_REMOVED", (long) ExtentHeader.RESET_REMOVED);
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
        assertThat(CONSTANTS).isEqualTo(java);
    }

    @Test
    void everyDropReasonIsTheSameInJava() {
        Map<String, Integer> java = new TreeMap<>(Map.of("REASONS", DropReason.COUNT));
        Arrays.stream(DropReason.values()).forEach(reason -> java.put(reason.name(), reason.number()));
        assertThat(REASONS).isEqualTo(java);
    }
}
