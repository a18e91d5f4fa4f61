// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VerifierLogTest {

    @Test
    void reasonIsTheLastLineBeforeTheStatistics() {
        assertThat(VerifierLog.summary("""
                0: R1=ctx(off=0,imm=0) R10=fp0
                ; __u64 *number = bpf_map_lookup_elem(&numbers, &key); @ rejected.c:25
                4: (85) call bpf_map_lookup_elem#1
                ; return *number; @ rejected.c:27
                5: (61) r0 = *(u32 *)(r0 +0)
                R0 invalid mem access 'map_value_or_null'
                verification time 57 usec
                stack depth 4
                processed 6 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0

                """))
                .isEqualTo("R0 invalid mem access 'map_value_or_null', at \"return *number; @ rejected.c:27\""
                        + " (4 lines omitted)");
    }

    @Test
    void logWithoutSourceLinesHasAReasonToo() {
        assertThat(VerifierLog.summary("0: (85) call unknown#100000\ninvalid func unknown#100000\n"))
                .isEqualTo("invalid func unknown#100000 (1 line omitted)");
    }

    @Test
    void shortAndEmptyLogs() {
        assertThat(VerifierLog.summary("unreachable insn 3\n")).isEqualTo("unreachable insn 3");
        assertThat(VerifierLog.summary("processed 0 insns (limit 1000000)\n")).isEqualTo("no reason given");
        assertThat(VerifierLog.summary("")).isEqualTo("no reason given");
    }

    @Test
    void logOnlyOfSourceLines() {
        assertThat(VerifierLog.summary("; int x = 1;\n")).contains("int x = 1;");
    }
}
