// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each table of numbers has its plot.
final class PlotsTest {

    private static final String PAGE = """
            # Performance

            ## Packets & bytes

            | hook | Services | ns | lookups |
            |---|---|---|---|
            | `in` | 1 | 1,200 (0.5) | 2 |
            | `out` | 10,000 | 300 | 1 |

            Between them is text.

            | hook | instructions |
            |---|---|
            | in | 63,000 |

            ## Words

            | what | why |
            |---|---|
            | this | that |

            ## Expected and measured

            | figure | measured |
            |---|---|
            | one | 1 |
            """;

    @TempDir
    private Path directory;

    private List<String> drawn() throws IOException {
        try (Stream<Path> files = Files.list(directory.resolve("performance"))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void eachTableOfNumbersIsFollowedByItsPlot() throws IOException {
        String page = Plots.illustrate(PAGE, directory.resolve("performance"));

        assertThat(drawn()).containsExactly("packets-bytes-2.svg", "packets-bytes.svg");
        assertThat(page)
                .contains("| `out` | 10,000 | 300 | 1 |\n\n![Packets & bytes](performance/packets-bytes.svg)\n")
                .contains("| in | 63,000 |\n\n![Packets & bytes](performance/packets-bytes-2.svg)\n");
        assertThat(page.replaceAll("\n!\\[.*\\)\n", "")).as("all else stays").isEqualTo(PAGE);
    }

    /// The text of a row may be long, as an explanation is; a name that is long is shortened.
    @Test
    void everyBarHasALabel() throws IOException {
        String name = "`net_ingress`, established, to a load balancer";
        String _ = Plots.illustrate("""
                ## Packets

                | what | why | ns |
                |---|---|---|
                | %s | because of all that it must look up in maps | 78 |
                | short | because of all that it must look up in maps | 5 |
                """.formatted(name), directory.resolve("performance"));

        assertThat(Files.readString(directory.resolve("performance/packets.svg")))
                .contains(">net_ingress, established, to a load b...</text>", ">short</text>");
    }

    @Test
    void barsAreAsLongAsTheirNumbers() throws IOException {
        String _ = Plots.illustrate(PAGE, directory.resolve("performance"));

        String plot = Files.readString(directory.resolve("performance/packets-bytes.svg"));

        assertThat(plot)
                .contains("<title>Packets &amp; bytes</title>")
                .contains(">in, 1</text>", ">out, 10,000</text>")
                .contains(">ns</text>", ">lookups</text>", ">1,200</text>", ">300</text>")
                .doesNotContain(">Services</text>", "(0.5)");
        // The panel of the nanoseconds, whose longest bar has 110; a quarter of that is 27.5.
        assertThat(plot)
                .containsPattern("width=\"110\" height=\"14\"[^>]*/>\\R<text[^>]*>1,200<")
                .containsPattern("width=\"28\" height=\"14\"[^>]*/>\\R<text[^>]*>300<");
    }
}
