// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Problem;
import io.culvert.cluster.StoreObserver;
import io.culvert.cluster.decode.ValueText;
import io.culvert.cluster.decode.YamlValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sources that come and go over one directory, as agents do. What a source knew only of the files of its own time
/// would be lost here.
class LastGoodCopiesTest {

    private static final String BROKEN = "kind: {\n";

    @TempDir
    private Path temp;

    private Path root;
    private Path copies;

    @BeforeEach
    void create() throws IOException {
        root = Files.createDirectory(temp.resolve("manifests"));
        copies = temp.resolve("state/manifests");
    }

    @Test
    void aFileThatIsBrokenAtTheStartHasTheObjectsOfItsLastGoodVersion() throws IOException {
        write("team/web.yaml", service("web", 80) + "---\n" + service("api", 90));
        assertThat(run()).isEqualTo("api:90 web:80");

        write("team/web.yaml", BROKEN);
        assertThat(run()).isEqualTo("api:90 web:80");
        assertThat(run()).isEqualTo("api:90 web:80");

        write("team/web.yaml", service("web", 81));
        assertThat(run()).isEqualTo("web:81");
    }

    @Test
    void aFileThatCannotBeReadAtTheStartHasTheObjectsThatItHadLast() throws IOException {
        write("web.yaml", service("web", 80));
        assertThat(run()).isEqualTo("web:80");

        Files.write(root.resolve("web.yaml"), new byte[] {(byte) 0xe4, '\n'});

        assertThat(run()).isEqualTo("web:80");
    }

    @Test
    void whatWasGoodInAFileWithFaultsIsKnownToo() throws IOException {
        write("web.yaml", service("web", 80) + "---\n" + service("api", 90));
        assertThat(run()).isEqualTo("api:90 web:80");
        write("web.yaml", service("web", 99_999) + "---\n" + service("api", 91) + "---\n" + service("new", 70));
        assertThat(run()).isEqualTo("api:91 new:70 web:80");

        write("web.yaml", BROKEN);

        assertThat(run()).isEqualTo("api:91 new:70 web:80");
    }

    @Test
    void whatWasTakenOutOfAFileWithFaultsDoesNotComeBack() throws IOException {
        write("web.yaml", "{kind: List, apiVersion: v1, items: [" + flow("web", 80) + ", " + flow("api", 90) + "]}");
        assertThat(run()).isEqualTo("api:90 web:80");
        write("web.yaml", service("web", 99_999));
        assertThat(run()).isEqualTo("web:80");

        write("web.yaml", BROKEN);

        assertThat(run()).isEqualTo("web:80");
    }

    @Test
    void jsonFilesAreKnownAsWell() throws IOException {
        write("web.json", json("web", 80) + json("api", 90));
        assertThat(run()).isEqualTo("api:90 web:80");
        write("web.json", json("web", 99_999) + json("api", 91));
        assertThat(run()).isEqualTo("api:91 web:80");

        write("web.json", "{");

        assertThat(run()).isEqualTo("api:91 web:80");
    }

    @Test
    void aNewBrokenFileDoesNotKeepWhatWasDeleted() throws IOException {
        write("web.yaml", service("web", 80));
        write("api/api.yaml", service("api", 90));
        assertThat(run()).isEqualTo("api:90 web:80");

        Files.delete(root.resolve("api/api.yaml"));
        write("new.yaml", BROKEN);

        assertThat(run()).isEqualTo("web:80");
        assertThat(copies.resolve("api")).doesNotExist();
    }

    @Test
    void aBrokenFileThatIsDeletedTakesItsObjectsAndItsCopy() throws IOException {
        write("web.yaml", service("web", 80));
        assertThat(run()).isEqualTo("web:80");
        write("web.yaml", BROKEN);
        assertThat(run()).isEqualTo("web:80");

        Files.delete(root.resolve("web.yaml"));
        assertThat(run()).isEmpty();
        write("web.yaml", BROKEN);

        assertThat(run()).isEmpty();
    }

    @Test
    void aFileThatGoesWhileItIsFollowedIsForgotten() throws IOException {
        write("web.yaml", service("web", 80));
        try (StoreObserver observer = new StoreObserver(ManifestSource.NAME);
                ManifestSource source = new ManifestSource(root, copies)) {
            source.start(observer.store());
            observer.awaitState("web", has("web:80"));
            Files.delete(root.resolve("web.yaml"));
            observer.awaitState("nothing", has(""));
        }

        write("web.yaml", BROKEN);

        assertThat(run()).isEmpty();
    }

    @Test
    void aCopyThatIsDamagedIsNoMoreThanNone() throws IOException {
        write("web.yaml", service("web", 80));
        assertThat(run()).isEqualTo("web:80");
        Files.write(copies.resolve("web.yaml"), new byte[] {0, (byte) 0xff, '{'});
        write("web.yaml", BROKEN);
        write("api.yaml", service("api", 90));

        assertThat(run()).isEqualTo("api:90");
    }

    @Test
    void aPlaceThatCannotBeWrittenIsAWarningAndNoMore() throws IOException {
        copies = Files.createFile(temp.resolve("file")).resolve("copies");
        write("web.yaml", service("web", 80));
        try (StoreObserver observer = new StoreObserver(ManifestSource.NAME);
                ManifestSource source = new ManifestSource(root, copies)) {
            source.start(observer.store());

            observer.awaitState("web", has("web:80"));
            assertThat(source.problems())
                    .singleElement()
                    .matches(problem -> problem.severity() == Problem.Severity.WARNING)
                    .matches(problem -> problem.toString()
                            .startsWith(copies
                                    + ": the last good versions of manifests cannot be kept for the next start: "))
                    .matches(problem -> problem.remedy().equals("make it writable, or choose another --state-dir"));
        }
    }

    @Test
    void anObjectIsWrittenOutAsItWasUnderstood() throws IOException {
        String yaml = """
                a: &a {octal: 010, hex: 0x1F, float: 1.50, big: 99999999999999999999, flag: yes, time: 12:30}
                b: [*a, "quoted \\" \\x7f \\x85 \\t", 'émoji 😀', plain text, "true", "10", ~]
                "key: with # marks": ''
                """.replace(", ~]", "]");
        String written = ValueText.of(YamlValues.read(yaml).getFirst());

        assertThat(written).doesNotContain("\n");
        assertThat(YamlValues.read(written)).hasSize(1);
        assertThat(ValueText.of(YamlValues.read(written).getFirst())).isEqualTo(written);
        assertThat(written).contains("\"octal\":010", "\"hex\":0x1F", "\"float\":1.50", "\"time\":\"12:30\"");
    }

    /// Runs a source until it has looked through the directory. Returns Services with their ports.
    private String run() {
        try (StoreObserver observer = new StoreObserver(ManifestSource.NAME);
                ManifestSource source = new ManifestSource(root, copies)) {
            source.start(observer.store());
            return text(observer.awaitState("the first look", _ -> true));
        }
    }

    private static Predicate<ClusterState> has(String wanted) {
        return state -> text(state).equals(wanted);
    }

    private static String text(ClusterState state) {
        TreeMap<ObjectName, Integer> ports = new TreeMap<>();
        state.services()
                .forEach((name, service) ->
                        ports.put(name, service.ports().getFirst().port()));
        List<String> words = ports.entrySet().stream()
                .map(entry -> entry.getKey().name() + ":" + entry.getValue())
                .toList();
        return String.join(" ", words);
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), text);
    }

    private static String service(String name, int port) {
        return flow(name, port) + "\n";
    }

    private static String flow(String name, int port) {
        return "{apiVersion: v1, kind: Service, metadata: {name: %s}, spec: {clusterIP: 10.96.0.1, ports: [{port: %d}]}}"
                .formatted(name, port);
    }

    private static String json(String name, int port) {
        return """
                {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "%s"},
                 "spec": {"clusterIP": "10.96.0.1", "ports": [{"port": %d}]}}
                """.formatted(name, port);
    }
}
