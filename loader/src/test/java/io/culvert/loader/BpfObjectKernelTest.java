// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.culvert.testkit.KernelTest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@KernelTest(commands = "clang")
class BpfObjectKernelTest {

    private static final int ETHERNET = 14;

    private final BpfObject object = TestObjects.programs();

    @AfterEach
    void close() {
        object.close();
    }

    @Test
    void configurationReachesThePrograms() {
        object.configure("config_enabled", true)
                .configure("config_port", (short) 443)
                .configure("config_limit", 1L << 40)
                .configure("config_address", new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 0, 0, 7})
                .load();
        ByteBuffer shown = show();
        assertThat(shown.getLong()).isEqualTo(1L << 40);
        assertThat(new byte[] {shown.get(), shown.get(), shown.get(), shown.get()})
                .containsExactly(10, 0, 0, 7);
        assertThat(shown.getShort()).isEqualTo((short) 443);
        assertThat(shown.get()).isEqualTo((byte) 1);
    }

    @Test
    void whatIsNotConfiguredKeepsTheDefaultOfTheSource() {
        object.load();
        ByteBuffer shown = show();
        assertThat(shown.getLong()).isEqualTo(5);
        assertThat(shown.getInt()).isZero();
        assertThat(shown.getShort()).isEqualTo((short) 80);
        assertThat(shown.get()).isZero();
    }

    private ByteBuffer show() {
        TestRun run = object.program("configuration").testRun(new byte[64], 1);
        return ByteBuffer.wrap(run.packet()).order(ByteOrder.LITTLE_ENDIAN).position(ETHERNET);
    }

    @Test
    void unknownVariableIsNamedWithThoseThatExist() {
        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> object.configure("config_prot", 1))
                .withMessage("configure config_prot in object programs: there is no such variable in .rodata; it has "
                        + "config_address, config_enabled, config_limit, config_port, config_verdict");
    }

    @Test
    void valueOfAnotherSizeIsRefused() {
        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> object.configure("config_port", 80))
                .withMessage("configure config_port in object programs: the variable has 2 bytes, the value 4");
    }

    @Test
    void configurationAfterLoadIsAMistake() {
        object.load();
        assertThatIllegalStateException().isThrownBy(() -> object.configure("config_verdict", 2));
    }

    @Test
    void unknownProgramIsNamedWithThoseThatExist() {
        object.load();
        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> object.program("frist"))
                .withMessage("find program frist in object programs: there is none of that name; it has first, second, "
                        + "configuration, connect_first, connect_second, xdp_first, xdp_second");
    }

    @Test
    void unknownMapIsNamedWithThoseThatExist() {
        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> object.maxEntries("saw", 1))
                .withMessage("find map saw in object programs: there is none of that name; it has counts, seen");
    }

    @Test
    void mapsCanBeLargerThanDeclared() {
        object.maxEntries("seen", 1000).load();
        assertThat(object.map("seen").info().maxEntries()).isEqualTo(1000);
        assertThat(object.mapNames()).containsExactly("counts", "seen");
    }

    @Test
    void programsUseTheMapThatTheyAreGiven() {
        try (BpfMap counts = BpfMap.create(MapSpec.of("counts", MapType.ARRAY, 4, 8, 16, MapFlag.MMAPABLE));
                Arena arena = Arena.ofConfined()) {
            object.reuse("counts", counts).load();
            MemorySegment values = counts.mmap(arena);
            TestRun run = object.program("second").testRun(new byte[64], 3);
            assertThat(run.verdict()).isZero();
            assertThat(values.getAtIndex(ValueLayout.JAVA_LONG, 1)).isEqualTo(3);
            assertThat(object.map("counts").info().id()).isEqualTo(counts.info().id());
        }
    }

    @Test
    void mapOutlivesTheObjectOnlyAsADuplicate() {
        object.load();
        try (BpfMap seen = object.map("seen").duplicate()) {
            object.close();
            assertThat(BpfMap.byId(seen.info().id())).isPresent().get().satisfies(BpfMap::close);
        }
    }

    @Test
    void infoTellsWhatTheVerifierAndTheStatisticsCounted() {
        object.load();
        BpfProgram first = object.program("first");
        try (RunTimeStatistics _ = RunTimeStatistics.enable()) {
            TestRun run = first.testRun(new byte[64], 10);
            assertThat(run.nanosPerRun()).isNotNegative();
        }
        ProgramInfo info = first.info();
        assertThat(info.name()).isEqualTo("first");
        assertThat(info.tag()).matches("[0-9a-f]{16}").isNotEqualTo("0000000000000000");
        assertThat(info.verifiedInstructions()).isBetween(5, 100);
        assertThat(info.runs()).isEqualTo(10);
        assertThat(info.runNanos()).isPositive();
        assertThat(ProgramInfo.byId(info.id()))
                .hasValueSatisfying(same -> assertThat(same.tag()).isEqualTo(info.tag()));
    }

    @Test
    void contextOfATestRunIsGivenAndReturned() {
        object.load();
        // struct __sk_buff: len, pkt_type, mark
        byte[] context = ByteBuffer.allocate(12)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(8, 77)
                .array();
        TestRun run = object.program("configuration").testRun(new byte[64], context, 1);
        assertThat(run.verdict()).isEqualTo(77);
        assertThat(ByteBuffer.wrap(run.context()).order(ByteOrder.LITTLE_ENDIAN).getInt(8))
                .isEqualTo(77);
    }

    @Test
    void cgroupProgramsCannotBeRunForTests() {
        object.load();
        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(() -> object.program("connect_first").testRun(new byte[64], 1))
                .withMessageContaining("run program connect_first on 64 bytes: Operation not supported (ENOTSUPP)");
    }

    @Test
    void refusedProgramIsExplainedInOneLineWithTheWholeLogOnRequest() {
        try (BpfObject rejected = BpfObject.open("rejected", TestObjects.elf("rejected"))) {
            assertThatExceptionOfType(VerifierException.class)
                    .isThrownBy(rejected::load)
                    .satisfies(e -> {
                        assertThat(e.program()).isEqualTo("unchecked");
                        assertThat(e.errno()).isEqualTo(Errno.EACCES);
                        assertThat(e.log().lines().count()).isGreaterThan(5);
                        assertThat(e.log()).contains("processed ");
                        assertThat(e.getMessage())
                                .doesNotContain("\n")
                                .startsWith("load unchecked: rejected by the verifier: R0 invalid mem access")
                                .contains("return *number;")
                                .contains("lines omitted)")
                                .endsWith("Permission denied (EACCES)");
                    });
        }
    }

    @Test
    void withoutTheRefusedProgramTheOthersLoad() {
        try (BpfObject rejected = BpfObject.open("rejected", TestObjects.elf("rejected"))) {
            rejected.skip("unchecked").load();
            assertThat(rejected.programs()).extracting(BpfProgram::name).containsExactly("correct");
            assertThatExceptionOfType(InvalidObjectException.class)
                    .isThrownBy(() -> rejected.program("unchecked"))
                    .withMessageContaining("it was skipped");
        }
    }

    @Test
    void mapThatCannotBeCreatedIsNamed() {
        object.maxEntries("seen", -1);
        assertThatExceptionOfType(SystemCallException.class)
                .isThrownBy(object::load)
                .withMessageContaining("load object programs (map 'seen': failed to create");
    }

    @Test
    void whatIsNoObjectIsRefused() {
        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> BpfObject.open("nonsense", new byte[] {1, 2, 3}))
                .withMessageStartingWith("open object nonsense: ");
        assertThatExceptionOfType(InvalidObjectException.class).isThrownBy(() -> BpfObject.open("empty", new byte[0]));
    }
}
