// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader.btf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class BtfTest {

    private static final ElfFile OBJECT = ElfFile.read(CompiledObject.of("""
            #include <linux/bpf.h>
            #include <bpf/bpf_helpers.h>

            enum color { RED = -1, GREEN = 7 };
            enum wide { HUGE = 1ull << 40 };
            struct inner { __be32 word[4]; };
            union either { struct inner inner; __u64 number; };
            struct outer {
                struct inner address;
                __be16 port;
                const volatile __be64 stamp;
                __u16 low : 4;
                __u16 high : 12;
                enum color color;
                enum wide wide;
                union either either;
                struct outer *next;
                _Bool flag;
                char letter;
                __s32 negative;
            };

            struct {
                __uint(type, BPF_MAP_TYPE_HASH);
                __uint(max_entries, 16);
                __type(key, struct inner);
                __type(value, struct outer);
            } table SEC(".maps");

            volatile const __u8 config_small = 1;
            volatile const __u32 config_large = 0x11223344;
            static volatile const __u16 config_hidden = 9;
            __u64 counter;

            SEC("tc")
            int program(struct __sk_buff *skb)
            {
                struct inner key = {};
                struct outer *found = bpf_map_lookup_elem(&table, &key);
                counter++;
                return found ? config_small + config_large + config_hidden : 0;
            }
            """));
    private static final Btf BTF = Btf.read(OBJECT);

    private static final BtfType.Struct OUTER =
            BTF.find(BtfType.Struct.class, "outer").orElseThrow();

    @Test
    void readsSections() {
        assertThat(OBJECT.sections()).extracting(ElfSection::name).contains("tc", ".maps", ".rodata", ".bss", ".BTF");
        assertThat(OBJECT.section(".bss")).hasValueSatisfying(bss -> {
            assertThat(bss.size()).isEqualTo(8);
            assertThat(bss.content().remaining()).isZero();
        });
        ElfSection rodata = OBJECT.section(".rodata").orElseThrow();
        int offset = BTF.variable(".rodata", "config_large").orElseThrow().offset();
        assertThat(rodata.content().getInt(offset)).isEqualTo(0x11223344);
    }

    @Test
    void readsMembersWithTheirOffsets() {
        assertThat(OUTER.members())
                .extracting(BtfType.Member::name)
                .startsWith("address", "port", "stamp", "low", "high", "color", "wide", "either", "next", "flag");
        assertThat(member("port").offset()).isEqualTo(16);
        assertThat(member("stamp").offset()).isEqualTo(24);
        assertThat(member("low").bitfieldBits()).isEqualTo(4);
        assertThat(member("high").bitOffset()).isEqualTo(32 * 8 + 4);
        assertThat(BTF.size(member("either").type())).isEqualTo(16);
        assertThat(BTF.size(OUTER.id())).isEqualTo(OUTER.size()).isEqualTo(80);
    }

    @Test
    void keepsTheByteOrderThatTheDeclarationAsksFor() {
        BtfType.Struct inner = BTF.find(BtfType.Struct.class, "inner").orElseThrow();
        assertThat(BTF.byteOrder(member("port").type())).isEqualTo(ByteOrder.BIG_ENDIAN);
        assertThat(BTF.byteOrder(member("stamp").type())).isEqualTo(ByteOrder.BIG_ENDIAN);
        assertThat(BTF.byteOrder(inner.members().getFirst().type())).isEqualTo(ByteOrder.BIG_ENDIAN);
        assertThat(BTF.byteOrder(member("low").type())).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(BTF.type(member("port").type()).name()).isEqualTo("__be16");
    }

    @Test
    void resolvesTypedefsAndQualifiers() {
        assertThat(BTF.resolve(member("stamp").type())).isInstanceOfSatisfying(BtfType.Int.class, integer -> {
            assertThat(integer.size()).isEqualTo(8);
            assertThat(integer.signed()).isFalse();
        });
        assertThat(BTF.resolve(member("negative").type()))
                .isInstanceOfSatisfying(
                        BtfType.Int.class,
                        integer -> assertThat(integer.signed()).isTrue());
        assertThat(BTF.resolve(member("flag").type()))
                .isInstanceOfSatisfying(
                        BtfType.Int.class, integer -> assertThat(integer.bool()).isTrue());
        assertThat(BTF.resolve(member("next").type())).isInstanceOf(BtfType.Pointer.class);
    }

    @Test
    void readsEnumerations() {
        assertThat(BTF.find(BtfType.Enumeration.class, "color").orElseThrow().values())
                .contains(new BtfType.Enumerator("GREEN", 7))
                .extracting(BtfType.Enumerator::name)
                .containsExactly("RED", "GREEN");
        assertThat(BTF.find(BtfType.Enumeration.class, "wide"))
                .hasValueSatisfying(wide -> assertThat(wide.size()).isEqualTo(8));
    }

    @Test
    void placesVariablesThoughClangLeavesThemToTheLinker() {
        assertThat(BTF.variables(".rodata"))
                .hasSize(3)
                .allSatisfy(variable -> assertThat(OBJECT.symbols()).anySatisfy(symbol -> {
                    assertThat(symbol.name()).isEqualTo(variable.name());
                    assertThat(symbol.value()).isEqualTo(variable.offset());
                    assertThat(symbol.size()).isEqualTo(variable.size());
                }));
        assertThat(BTF.variables(".rodata"))
                .extracting(Btf.PlacedVariable::offset)
                .doesNotHaveDuplicates();
        assertThat(BTF.variable(".rodata", "absent")).isEmpty();
        assertThat(BTF.variables(".absent")).isEmpty();
    }

    @Test
    void knowsKeyAndValueOfMaps() {
        assertThat(BTF.mapTypes("table")).hasValueSatisfying(map -> {
            assertThat(BTF.type(map.key()).name()).isEqualTo("inner");
            assertThat(BTF.type(map.value()).name()).isEqualTo("outer");
        });
        assertThat(BTF.mapTypes("absent")).isEmpty();
    }

    @Test
    void readsFunctions() {
        assertThat(BTF.find(BtfType.Function.class, "program"))
                .hasValueSatisfying(function -> assertThat(BTF.type(function.prototype()))
                        .isInstanceOfSatisfying(
                                BtfType.Prototype.class,
                                prototype -> assertThat(prototype.parameters()).hasSize(1)));
    }

    @Test
    void refusesTheSizeOfWhatHasNone() {
        int program = BTF.find(BtfType.Function.class, "program").orElseThrow().id();
        assertThatThrownBy(() -> BTF.size(program)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsTheKernelsOwnTypes() throws IOException {
        Path kernel = Path.of("/sys/kernel/btf/vmlinux");
        assumeThat(kernel).isReadable();
        Btf btf = Btf.parse(Files.readAllBytes(kernel));
        assertThat(btf.types()).hasSizeGreaterThan(10_000);
        BtfType.Struct buffer = btf.find(BtfType.Struct.class, "sk_buff").orElseThrow();
        assertThat(buffer.members()).isNotEmpty();
        assertThat(btf.size(buffer.id())).isEqualTo(buffer.size());
    }

    private static BtfType.Member member(String name) {
        return OUTER.member(name).orElseThrow();
    }
}
