// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.config.ConfigFile;
import io.culvert.agent.config.Setting;
import io.culvert.agent.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The kernel's conntrack as files below a directory of the test's own.
final class KernelConntrackTest {

    private static final String SYSCTL = "proc/sys/net/netfilter/nf_conntrack_";
    private static final String BUCKETS = "sys/module/nf_conntrack/parameters/hashsize";

    @TempDir
    private Path root;

    @BeforeEach
    void writeWhatLinuxHasAtFirst() throws IOException {
        write(SYSCTL + "max", 65536);
        write(BUCKETS, 16384);
        write(SYSCTL + "tcp_timeout_established", 432000);
        write(SYSCTL + "tcp_timeout_close_wait", 60);
        write(SYSCTL + "tcp_be_liberal", 0);
        write(SYSCTL + "udp_timeout", 30);
        write(SYSCTL + "udp_timeout_stream", 120);
    }

    @Test
    void A13_14_withoutAnythingSaidTheValuesAreKubeProxys() throws IOException {
        new KernelConntrack(root, 2).apply(settings(Map.of()));

        assertThat(read(SYSCTL + "max")).isEqualTo(131072);
        assertThat(read(BUCKETS)).isEqualTo(32768);
        assertThat(read(SYSCTL + "tcp_timeout_established")).isEqualTo(86400);
        assertThat(read(SYSCTL + "tcp_timeout_close_wait")).isEqualTo(3600);
        assertThat(read(SYSCTL + "tcp_be_liberal")).isZero();
        assertThat(read(SYSCTL + "udp_timeout")).isEqualTo(30);
        assertThat(read(SYSCTL + "udp_timeout_stream")).isEqualTo(120);
    }

    @ParameterizedTest
    @CsvSource({
        "2,32768,131072,131072",
        "8,32768,131072,262144",
        "64,32768,131072,1048576",
        "64,32768,2000000,2000000",
        "8,0,131072,0",
        "1,1,0,1"
    })
    void A13_14_theTableGrowsWithTheCpusUpToALimit(int cpus, int perCpu, int least, int entries) {
        assertThat(new KernelConntrack(root, cpus).entries(perCpu, least)).isEqualTo(entries);
    }

    @Test
    void A13_14_sizesAreNeverLowered() throws IOException {
        write(SYSCTL + "max", 524288);
        write(BUCKETS, 262144);

        new KernelConntrack(root, 2).apply(settings(Map.of()));

        assertThat(read(SYSCTL + "max")).isEqualTo(524288);
        assertThat(read(BUCKETS)).isEqualTo(262144);
    }

    @Test
    void A13_14_zeroLeavesEverythingAlone() throws IOException {
        new KernelConntrack(root, 64)
                .apply(settings(Map.of(
                        Setting.KERNEL_CONNTRACK_MAX_PER_CORE, "0",
                        Setting.KERNEL_CONNTRACK_TCP_ESTABLISHED, "0s",
                        Setting.KERNEL_CONNTRACK_TCP_CLOSE_WAIT, "0s")));

        assertThat(read(SYSCTL + "max")).isEqualTo(65536);
        assertThat(read(BUCKETS)).isEqualTo(16384);
        assertThat(read(SYSCTL + "tcp_timeout_established")).isEqualTo(432000);
        assertThat(read(SYSCTL + "tcp_timeout_close_wait")).isEqualTo(60);
    }

    @Test
    void A13_14_udpTimesAndLiberalityAreSetWhereAskedFor() throws IOException {
        new KernelConntrack(root, 2)
                .apply(settings(Map.of(
                        Setting.KERNEL_CONNTRACK_UDP, "45s",
                        Setting.KERNEL_CONNTRACK_UDP_STREAM, "5m",
                        Setting.KERNEL_CONNTRACK_TCP_BE_LIBERAL, "true")));

        assertThat(read(SYSCTL + "udp_timeout")).isEqualTo(45);
        assertThat(read(SYSCTL + "udp_timeout_stream")).isEqualTo(300);
        assertThat(read(SYSCTL + "tcp_be_liberal")).isEqualTo(1);
    }

    /// A directory in place of a file cannot be written, by root neither.
    @Test
    void A13_15_whatCannotBeSetDoesNotKeepTheRestFromBeingSet() throws IOException {
        Files.delete(root.resolve(BUCKETS));
        Files.createDirectory(root.resolve(BUCKETS));
        Files.delete(root.resolve(SYSCTL + "tcp_timeout_established"));

        new KernelConntrack(root, 2).apply(settings(Map.of()));

        assertThat(read(SYSCTL + "max")).isEqualTo(131072);
        assertThat(read(SYSCTL + "tcp_timeout_close_wait")).isEqualTo(3600);
        assertThat(root.resolve(SYSCTL + "tcp_timeout_established")).doesNotExist();
    }

    private static Settings settings(Map<Setting<?>, String> options) {
        return Settings.resolve(options, Map.of(), ConfigFile.NONE);
    }

    private void write(String file, long value) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, value + "\n");
    }

    private long read(String file) throws IOException {
        return Long.parseLong(Files.readString(root.resolve(file)).strip());
    }
}
