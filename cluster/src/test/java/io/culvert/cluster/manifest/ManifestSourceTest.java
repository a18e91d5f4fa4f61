// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Problem;
import io.culvert.cluster.Service;
import io.culvert.cluster.SourceStatus.Condition;
import io.culvert.cluster.StoreObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The directory is real, and so are the ways in which editors, kubelets and people change files.
class ManifestSourceTest {

    private static final ObjectName WEB = new ObjectName("default", "web");
    private static final ObjectName API = new ObjectName("default", "api");

    @TempDir
    private Path temp;

    private final StoreObserver observer = new StoreObserver(ManifestSource.NAME);
    private Path root;
    private ManifestSource source;

    @BeforeEach
    void start() throws IOException {
        root = Files.createDirectory(temp.resolve("manifests"));
        source = new ManifestSource(root, temp.resolve("copies"));
    }

    @AfterEach
    void stop() {
        source.close();
        observer.close();
    }

    @Test
    void objectsComeChangeAndGoWithTheirFiles() throws IOException {
        write(root.resolve("web.yaml"), service("web", 80));
        source.start(observer.store());
        awaitPort(WEB, 80);

        write(root.resolve("web.yaml"), service("web", 81) + "---\n" + service("api", 90));
        awaitPort(WEB, 81);
        awaitPort(API, 90);
        Files.delete(root.resolve("web.yaml"));
        awaitGone(WEB);
        awaitGone(API);

        assertThat(source.status().condition()).isEqualTo(Condition.CURRENT);
        assertThat(source.problems()).isEmpty();
    }

    @Test
    void subdirectoriesAreWatchedAsTheyAppear() throws IOException {
        source.start(observer.store());
        observer.awaitState("the empty directory", state -> true);

        Path deep = Files.createDirectories(root.resolve("a/b/c"));
        write(deep.resolve("web.yml"), service("web", 80));
        awaitPort(WEB, 80);
        write(deep.resolve("web.yml"), service("web", 81));
        awaitPort(WEB, 81);
        Files.move(root.resolve("a"), temp.resolve("away"));

        awaitGone(WEB);
    }

    @Test
    void aFileRenamedIntoPlaceCountsAtOnce() throws IOException {
        write(root.resolve("web.yaml"), service("web", 80));
        source.start(observer.store());
        awaitPort(WEB, 80);

        write(root.resolve(".web.yaml.swp"), service("web", 81));
        Files.move(root.resolve(".web.yaml.swp"), root.resolve("web.yaml"), ATOMIC_MOVE);

        awaitPort(WEB, 81);
        assertThat(observer.updates())
                .allSatisfy(update -> assertThat(update.state().services()).hasSize(1));
    }

    @Test
    void editorsTemporaryFilesAreNotRead() throws IOException {
        write(root.resolve(".#web.yaml"), "not: [yaml");
        write(root.resolve(".web.yaml.swp"), "not: [yaml");
        write(root.resolve("web.yaml~"), "not: [yaml");
        write(root.resolve("4913"), "not: [yaml");
        source.start(observer.store());

        assertThat(observer.awaitState("nothing", state -> true).services()).isEmpty();
        assertThat(source.problems()).isEmpty();
    }

    @Test
    void aMountedConfigMapIsExchangedWhole() throws IOException {
        Path first = Files.createDirectory(root.resolve("..2026_01_01"));
        write(first.resolve("web.yaml"), service("web", 80));
        Files.createSymbolicLink(root.resolve("..data"), Path.of("..2026_01_01"));
        Files.createSymbolicLink(root.resolve("web.yaml"), Path.of("..data/web.yaml"));
        source.start(observer.store());
        awaitPort(WEB, 80);

        Path second = Files.createDirectory(root.resolve("..2026_01_02"));
        write(second.resolve("web.yaml"), service("web", 81));
        Files.createSymbolicLink(root.resolve("..data_tmp"), Path.of("..2026_01_02"));
        Files.move(root.resolve("..data_tmp"), root.resolve("..data"), ATOMIC_MOVE);

        awaitPort(WEB, 81);
        assertThat(source.problems()).isEmpty();
        assertThat(observer.updates())
                .allSatisfy(update -> assertThat(update.state().services()).hasSize(1));
    }

    @Test
    void theLastGoodVersionStaysWhileADocumentIsWrong() throws IOException {
        write(root.resolve("web.yaml"), service("web", 80) + "---\n" + service("api", 90));
        source.start(observer.store());
        awaitPort(API, 90);

        write(root.resolve("web.yaml"), service("web", 99_999) + "---\n" + service("api", 91));
        awaitPort(API, 91);
        assertPort(WEB, 80);
        assertThat(problemLines())
                .containsExactly(root.resolve("web.yaml")
                        + ":6:18: Service default/web: spec.ports[0].port: 99999 is not a port (1 to 65535)");

        write(root.resolve("web.yaml"), service("web", 82) + "---\n" + service("api", 91));
        awaitPort(WEB, 82);
        await().untilAsserted(() -> assertThat(source.problems()).isEmpty());
    }

    @Test
    void aSyntaxErrorRemovesNothingOfItsFile() throws IOException {
        write(root.resolve("web.yaml"), service("web", 80) + "---\n" + service("api", 90));
        source.start(observer.store());
        awaitPort(API, 90);

        write(root.resolve("web.yaml"), service("web", 81) + "---\nkind: {\n");
        awaitPort(WEB, 81);
        assertPort(API, 90);

        write(root.resolve("web.yaml"), service("web", 81));
        awaitGone(API);
    }

    @Test
    void ofTheSameObjectInTwoFilesTheFirstByPathCounts() throws IOException {
        write(root.resolve("a.yaml"), service("web", 80));
        write(root.resolve("b.yaml"), service("web", 81));
        source.start(observer.store());
        awaitPort(WEB, 80);

        assertThat(problemLines())
                .containsExactly(root.resolve("b.yaml") + ":1:1: Service default/web: is already at "
                        + root.resolve("a.yaml") + ":1:1, which counts; remove one");

        Files.delete(root.resolve("a.yaml"));
        awaitPort(WEB, 81);
        await().untilAsserted(() -> assertThat(source.problems()).isEmpty());
    }

    @Test
    void aDirectoryThatGoesAwayTakesNothingWithIt() throws IOException {
        write(root.resolve("web.yaml"), service("web", 80));
        source.start(observer.store());
        awaitPort(WEB, 80);

        Files.move(root, temp.resolve("away"), ATOMIC_MOVE);
        await().untilAsserted(() -> assertThat(source.status().condition()).isEqualTo(Condition.STALE));
        assertPort(WEB, 80);
        assertThat(problemLines())
                .containsExactly(
                        root
                                + ": cannot be read: no such file or directory (ENOENT); what it said last stays until it can be");

        Path next = Files.createDirectory(temp.resolve("next"));
        write(next.resolve("web.yaml"), service("web", 81));
        Files.move(next, root, ATOMIC_MOVE);
        awaitPort(WEB, 81);
        await().untilAsserted(() -> assertThat(source.status().condition()).isEqualTo(Condition.CURRENT));
    }

    @Test
    void theDirectoryMayBeASymbolicLinkThatIsExchanged() throws IOException {
        Path first = Files.createDirectory(temp.resolve("release-1"));
        Path second = Files.createDirectory(temp.resolve("release-2"));
        write(first.resolve("web.yaml"), service("web", 80));
        write(second.resolve("web.yaml"), service("web", 81));
        Path link = Files.createSymbolicLink(temp.resolve("current"), first);
        source = new ManifestSource(link, temp.resolve("copies"));
        source.start(observer.store());
        awaitPort(WEB, 80);

        Files.move(Files.createSymbolicLink(temp.resolve("current-new"), second), link, ATOMIC_MOVE);

        awaitPort(WEB, 81);
    }

    @Test
    void A1_09_nothingIsCompleteBeforeTheDirectoryIsThere() throws IOException {
        Path late = temp.resolve("late");
        source = new ManifestSource(late, temp.resolve("copies"));
        source.start(observer.store());
        await().untilAsserted(() -> assertThat(source.problems()).hasSize(1));
        assertThat(observer.store().complete()).isFalse();
        assertThat(source.status().condition()).isEqualTo(Condition.STARTING);

        Files.createDirectory(late);

        await().untilAsserted(() -> assertThat(observer.store().complete()).isTrue());
    }

    @Test
    void aSliceForAMissingServiceIsKeptAndReported() throws IOException {
        write(root.resolve("slice.yaml"), """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
                addressType: IPv4
                ports: [{name: "", port: 8080}]
                endpoints: [{addresses: [10.1.0.3]}]
                """);
        source.start(observer.store());

        observer.awaitState("the slice", state -> state.slices(WEB).size() == 1);
        assertThat(problemLines())
                .containsExactly(
                        root.resolve("slice.yaml")
                                + ":1:1: EndpointSlice default/web-1: no manifest has its Service default/web; add the Service");
    }

    @Test
    void textThatIsNotUtf8IsReported() throws IOException {
        Files.write(root.resolve("latin.yaml"), new byte[] {'a', ':', ' ', (byte) 0xe4, '\n'});
        source.start(observer.store());
        observer.awaitState("nothing", state -> true);

        assertThat(problemLines())
                .containsExactly(
                        root.resolve("latin.yaml") + ": cannot be read: it is not UTF-8 text; what it said last stays");
    }

    private void awaitPort(ObjectName name, int port) {
        observer.awaitState(
                name + " with port " + port,
                state -> state.service(name)
                        .filter(service -> service.ports().getFirst().port() == port)
                        .isPresent());
    }

    private void awaitGone(ObjectName name) {
        observer.awaitState("no " + name, state -> state.service(name).isEmpty());
    }

    private void assertPort(ObjectName name, int port) {
        assertThat(observer.store().state().service(name).map(Service::ports).orElseThrow())
                .singleElement()
                .satisfies(found -> assertThat(found.port()).isEqualTo(port));
    }

    private List<String> problemLines() {
        return source.problems().stream().map(Problem::toString).toList();
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
    }

    private static String service(String name, int port) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s}
                spec:
                  clusterIP: 10.96.0.1
                  ports: [{port: %d}]
                """.formatted(name, port);
    }
}
