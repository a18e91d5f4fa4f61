// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.PaddingLayout;
import java.lang.foreign.StructLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Our structures have the offsets and sizes of the installed headers of libbpf and the kernel.
class CStructTest {

    @Test
    void layoutsAreThoseOfTheHeaders(@TempDir Path directory) throws IOException {
        StringBuilder source = new StringBuilder("""
                #include <stddef.h>
                #include <stdio.h>
                #include <bpf/bpf.h>
                #include <bpf/libbpf.h>
                #define SHOW(type, field) \\
                    printf("%s.%s %zu %zu\\n", #type, #field, offsetof(struct type, field), sizeof(((struct type *)0)->field))
                int main(void)
                {
                """);
        StringBuilder expected = new StringBuilder();
        for (StructLayout layout : CStruct.LAYOUTS) {
            String name = layout.name().orElseThrow();
            for (MemoryLayout field : layout.memberLayouts()) {
                if (field instanceof PaddingLayout) {
                    continue;
                }
                String member = field.name().orElseThrow();
                source.append("SHOW(%s, %s);\n".formatted(name, member));
                expected.append("%s.%s %d %d\n"
                        .formatted(
                                name,
                                member,
                                layout.byteOffset(MemoryLayout.PathElement.groupElement(member)),
                                field.byteSize()));
            }
        }
        Path file = Files.writeString(directory.resolve("probe.c"), source + "return 0; }");
        Path program = directory.resolve("probe");
        Commands.run(List.of("clang", "-o", program.toString(), file.toString()));
        assertThat(Commands.run(List.of(program.toString()))).isEqualTo(expected.toString());
    }
}
