// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.layout;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.btf.Btf;
import io.culvert.loader.btf.ElfFile;
import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Compiles structs that are almost those of Java and expects the difference to be told.
final class LayoutCheckTest {

    private static final String SOURCE = """
            #include <linux/bpf.h>
            #include <bpf/bpf_helpers.h>
            struct ip { __be32 word[4]; };
            struct service4_key { __be32 address; __u16 zone; __be16 port; };
            struct inner { __u32 a; __u16 b; __u8 pad[2]; };
            struct outer { struct inner in[2]; union { __u64 wide; __u32 half; } either; struct ip ip; };
            enum color { RED = 1, GREEN = 2, BLUE = 3 };
            struct paint { enum color color; __u32 bits : 3; __u32 *pointer; };
            #define MAP(name, k, v) struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 1); \\
                __type(key, k); __type(value, v); } name SEC(".maps")
            MAP(one, struct service4_key, struct outer);
            MAP(two, __u32, struct paint);
            SEC("socket") int program(void *ctx)
            {
                __u32 key = 0;
                return bpf_map_lookup_elem(&one, ctx) == bpf_map_lookup_elem(&two, &key);
            }
            """;

    private static final StructLayout INNER =
            CTypes.struct("inner", CTypes.U32.withName("a"), CTypes.U16.withName("b"), CTypes.pad(2));

    private static Btf btf;

    @BeforeAll
    static void compile(@TempDir Path directory) throws IOException, InterruptedException {
        Path source = Files.writeString(directory.resolve("almost.c"), SOURCE);
        Path object = directory.resolve("almost.o");
        Process clang = new ProcessBuilder(
                        "clang",
                        "-target",
                        "bpf",
                        "-O2",
                        "-g",
                        "-isystem",
                        "/usr/include/" + System.getProperty("os.arch").replace("amd64", "x86_64") + "-linux-gnu",
                        "-c",
                        source.toString(),
                        "-o",
                        object.toString())
                .inheritIO()
                .start();
        assertThat(clang.waitFor()).isZero();
        btf = Btf.read(ElfFile.read(Files.readAllBytes(object)));
    }

    private static int key() {
        return btf.mapTypes("one").orElseThrow().key();
    }

    private static int value() {
        return btf.mapTypes("one").orElseThrow().value();
    }

    @Test
    void equalLayoutsDifferInNothing() {
        StructLayout layout = CTypes.struct(
                "service4_key",
                CTypes.BE32.withName("address"),
                CTypes.U16.withName("zone"),
                CTypes.BE16.withName("port"));
        assertThat(LayoutCheck.differences(layout, btf, key())).isEmpty();
        assertThat(LayoutCheck.differences(outer(INNER, 2), btf, value())).isEmpty();
    }

    @Test
    void tellsOffsets() {
        StructLayout layout = CTypes.struct(
                "service4_key",
                CTypes.BE32.withName("address"),
                CTypes.BE16.withName("port"),
                CTypes.U16.withName("zone"));
        assertThat(LayoutCheck.differences(layout, btf, key()))
                .containsExactly(
                        "service4_key.port: Java offset 4 BE16, object offset 6 __be16",
                        "service4_key.zone: Java offset 6 U16, object offset 4 __u16");
    }

    @Test
    void tellsByteOrderAndWidth() {
        StructLayout layout = CTypes.struct(
                "service4_key",
                CTypes.U32.withName("address"),
                CTypes.U8.withName("zone"),
                CTypes.pad(1),
                CTypes.BE16.withName("port"));
        assertThat(LayoutCheck.differences(layout, btf, key()))
                .containsExactly(
                        "service4_key.address: Java offset 0 U32, object offset 0 __be32",
                        "service4_key.zone: Java offset 4 U8, object offset 4 __u16",
                        "service4_key.pad: Java offset 5 pad 1, object has none");
    }

    @Test
    void tellsMissingMembersAndSizes() {
        StructLayout layout = CTypes.struct(
                "service4_key",
                CTypes.BE32.withName("address"),
                CTypes.U16.withName("zone"),
                CTypes.pad(2),
                CTypes.U32.withName("node"));
        assertThat(LayoutCheck.differences(layout, btf, key()))
                .containsExactly(
                        "service4_key: Java 12 bytes, object 8 bytes",
                        "service4_key.pad: Java offset 6 pad 2, object has none",
                        "service4_key.node: Java offset 8 U32, object has none",
                        "service4_key.port: Java has none, object offset 6 __be16");
    }

    @Test
    void looksIntoArraysStructsAndUnions() {
        StructLayout swapped =
                CTypes.struct("inner", CTypes.U32.withName("a"), CTypes.BE16.withName("b"), CTypes.pad(2));
        assertThat(LayoutCheck.differences(outer(swapped, 2), btf, value()))
                .containsExactly(
                        "outer.in[0].b: Java offset 4 BE16, object offset 4 __u16",
                        "outer.in[1].b: Java offset 12 BE16, object offset 12 __u16");
        assertThat(LayoutCheck.differences(outer(INNER, 1), btf, value()))
                .startsWith(
                        "outer: Java 32 bytes, object 40 bytes",
                        "outer.either.wide: Java offset 8 U64, object offset 16 __u64",
                        "outer.either.half: Java offset 8 U32, object offset 16 __u32");
    }

    @Test
    void tellsWhatIsNoNumber() {
        StructLayout paint = CTypes.struct(
                "paint", CTypes.U32.withName("color"), CTypes.U32.withName("bits"), CTypes.U64.withName("pointer"));
        assertThat(LayoutCheck.differences(
                        paint, btf, btf.mapTypes("two").orElseThrow().value()))
                .containsExactly(
                        "paint.bits: Java offset 4 U32, object offset 4 bit field of 3",
                        "paint.pointer: Java offset 8 U64, object offset 8 pointer");
    }

    @Test
    void comparesEnums() {
        assertThat(LayoutCheck.differences("color", Map.of("RED", 1L, "GREEN", 2L, "BLUE", 3L), btf))
                .isEmpty();
        assertThat(LayoutCheck.differences("color", Map.of("RED", 1L, "GREEN", 4L), btf))
                .containsExactlyInAnyOrder(
                        "enum color: GREEN: Java 4, object 2", "enum color: BLUE: Java has none, object 3");
        assertThat(LayoutCheck.differences("color", Map.of("RED", 1L, "GREEN", 2L, "BLUE", 3L, "PINK", 4L), btf))
                .containsExactly("enum color: PINK: Java 4, object has none");
    }

    @Test
    void aMapWithoutATypeIsADifference() {
        assertThat(LayoutCheck.differences(INNER, btf, 0)).containsExactly("inner: Java 8 bytes, object has no type");
    }

    private static StructLayout outer(StructLayout inner, int count) {
        return CTypes.struct(
                "outer",
                MemoryLayout.sequenceLayout(count, inner).withName("in"),
                MemoryLayout.unionLayout(CTypes.U64.withName("wide"), CTypes.U32.withName("half"))
                        .withName("either"),
                CTypes.IP.withName("ip"));
    }
}
