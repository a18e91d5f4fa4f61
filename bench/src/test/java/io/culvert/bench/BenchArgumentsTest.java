// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BenchArgumentsTest {

    private static BenchArguments parse(String... words) {
        return BenchArguments.parse(List.of(words));
    }

    @Test
    void withoutWordsAllIsMeasuredForThePage() {
        BenchArguments all = parse();

        assertThat(all.has("traffic")).isTrue();
        assertThat(all.has("xdp")).isTrue();
        assertThat(all.isWhole()).isTrue();
        assertThat(all.kubeProxy()).isEmpty();
        assertThat(all.command()).isEqualTo("sudo ./culvert bench");
    }

    @Test
    void aQuickRunOrOneOfSomePartsIsNoPageToPublish() {
        assertThat(parse("quick").has("scale")).isTrue();
        assertThat(parse("quick").isWhole()).isFalse();
        assertThat(parse("quick").command()).isEqualTo("sudo ./culvert bench quick");
        BenchArguments parts = parse("xdp", "quick", "select");
        assertThat(parts.has("xdp")).isTrue();
        assertThat(parts.has("traffic")).isFalse();
        assertThat(parts.isWhole()).isFalse();
        assertThat(parts.command()).isEqualTo("sudo ./culvert bench quick select xdp");
        assertThat(parse("policy").has("policyscale")).isFalse();
    }

    /// With it, the page is as whole as without, and says that it was there.
    @Test
    void aKubeProxyTakesPartByItsPath(@TempDir Path directory) throws IOException {
        Path program = directory.resolve("kube-proxy-1.36");
        Files.createFile(program, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));

        BenchArguments asked = parse("--kube-proxy", program.toString());

        assertThat(asked.kubeProxy()).contains(program);
        assertThat(asked.isWhole()).isTrue();
        assertThat(asked.command()).isEqualTo("sudo ./culvert bench --kube-proxy .../kube-proxy-1.36");
        assertThat(parse("--kube-proxy", program.toString(), "traffic").command())
                .endsWith(" traffic");
    }

    @Test
    void whatIsNoProgramOrNoPartIsRefused(@TempDir Path directory) {
        assertThatThrownBy(() -> parse("--kube-proxy", directory.toString()))
                .hasMessage("bench --kube-proxy " + directory + ": name the file of a kube-proxy program");
        assertThatThrownBy(() -> parse("quick", "--kube-proxy"))
                .hasMessageContaining("name the file of a kube-proxy program");
        assertThatThrownBy(() -> parse("trafic"))
                .hasMessage("bench trafic: no such part; name some of traffic, nodeport, connect, scale, update, churn,"
                        + " policy, policyscale, flows, select, xdp");
    }
}
