// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cni;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // set before each test
class PluginChainTest {

    private static final String BRIDGE = "{\"type\": \"bridge\"}";
    private static final String OURS = "{\"type\": \"culvert-cni\"}";

    @TempDir
    private Path directory;

    private PluginChain chain;

    @BeforeEach
    void create() {
        chain = new PluginChain(directory, Path.of("/run/culvert/cni.sock"));
    }

    @Test
    void aListThatAsksTheAgentIsInOrder() throws IOException {
        write("10-pods.conflist", list(BRIDGE, OURS));
        assertThat(fault()).isEmpty();
        write("10-pods.conflist", list(BRIDGE, "{\"type\": \"culvert-cni\", \"socket\": \"/run/culvert/cni.sock\"}"));
        assertThat(fault()).isEmpty();
    }

    @Test
    void whatIsMissingIsSaidWithWhatToDo() throws IOException {
        assertThat(fault()).contains("has no CNI configuration");
        write("10-pods.conflist", list(BRIDGE));
        assertThat(fault())
                .isEqualTo(
                        directory + "/10-pods.conflist comes first and has no plugin culvert-cni, so pods start without"
                                + " waiting for their policies");
        assertThat(chain.problem().map(Problem::remedy).orElse(""))
                .startsWith("add {\"type\": \"culvert-cni\", \"socket\": \"/run/culvert/cni.sock\"} as the last");
        write("10-pods.conflist", list(OURS, BRIDGE));
        assertThat(fault()).contains("before the plugin that makes the interface");
        write("10-pods.conflist", list(BRIDGE, "{\"type\": \"culvert-cni\", \"socket\": \"/else\"}"));
        assertThat(fault()).contains("asks at /else, not at /run/culvert/cni.sock");
    }

    /// As after an installation of another CNI whose file is sorted before ours.
    @Test
    void theFirstByNameCounts() throws IOException {
        write("10-pods.conflist", list(BRIDGE, OURS));
        assertThat(fault()).isEmpty();
        write("05-other.conf", BRIDGE);
        assertThat(fault()).contains("05-other.conf comes first and is one plugin, no list of them");
        write("05-other.conf", "{ no JSON");
        assertThat(fault()).as("runtimes pass over it").isEmpty();
        write("05-readme.txt", "nothing");
        assertThat(fault()).isEmpty();
    }

    @Test
    void aDirectoryThatIsAwayIsSaid() {
        chain = new PluginChain(directory.resolve("absent"), Path.of("/run/culvert/cni.sock"));
        assertThat(fault()).contains("absent cannot be read");
    }

    private String fault() {
        chain.look();
        return chain.problem().map(Problem::message).orElse("");
    }

    private void write(String name, String text) throws IOException {
        Path _ = Files.writeString(directory.resolve(name), text);
    }

    private static String list(String... plugins) {
        return "{\"cniVersion\": \"1.0.0\", \"name\": \"pods\", \"plugins\": [" + String.join(", ", plugins) + "]}";
    }
}
