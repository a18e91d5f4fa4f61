// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.Change;
import io.culvert.cluster.ObjectKind;
import io.culvert.cluster.ObjectName;
import io.culvert.cluster.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Following changes one by one must come to the same as reading everything anew.
final class ManifestSetTest {

    private static final int ROUNDS = 200;
    private static final int STEPS = 40;

    @Test
    void followingChangesEqualsReadingAnew() {
        long seed = Long.getLong("culvert.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            ManifestSet following = new ManifestSet();
            Map<Map.Entry<ObjectKind, ObjectName>, Object> seen = new HashMap<>();
            Map<String, ParsedFile> files = new TreeMap<>();
            for (int step = 0; step < STEPS; step++) {
                change(random, following, files);
                apply(following.changes(), seen);
                ManifestSet anew = new ManifestSet();
                files.forEach(anew::put);
                Map<Map.Entry<ObjectKind, ObjectName>, Object> expected = new HashMap<>();
                apply(anew.changes(), expected);
                String where = "seed " + seed + " round " + round + " step " + step;
                assertThat(seen).as(where).isEqualTo(expected);
                assertThat(texts(following)).as(where).containsExactlyInAnyOrderElementsOf(texts(anew));
                assertThat(following.fileCount()).as(where).isEqualTo(files.size());
            }
        }
    }

    private static void change(Random random, ManifestSet set, Map<String, ParsedFile> files) {
        String file = random.nextInt(5) + ".yaml";
        if (random.nextInt(4) == 0) {
            files.remove(file);
            set.remove(file);
        } else {
            ParsedFile parsed = ManifestParser.parse(file, random(random));
            files.put(file, parsed);
            set.put(file, parsed);
        }
    }

    /// Up to three documents about few names, none of them wrong: what stays of a wrong one depends on what was before.
    private static String random(Random random) {
        StringBuilder yaml = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            String name = "s" + random.nextInt(3);
            yaml.append(random.nextBoolean() ? service(name, random) : slice(name, random))
                    .append("---\n");
        }
        return yaml.toString();
    }

    private static String service(String name, Random random) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: %s, namespace: default}
                spec: {clusterIP: 10.96.0.%d, ports: [{port: 80}]}
                """.formatted(name, 1 + random.nextInt(3));
    }

    private static String slice(String name, Random random) {
        return """
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: %s, namespace: default, labels: {kubernetes.io/service-name: s%d}}
                addressType: IPv4
                ports: [{name: "", port: 80}]
                endpoints: [{addresses: [10.0.0.%d]}]
                """.formatted(name, random.nextInt(3), 1 + random.nextInt(3));
    }

    private static void apply(List<Change> changes, Map<Map.Entry<ObjectKind, ObjectName>, Object> objects) {
        for (Change change : changes) {
            switch (change) {
                case Change.Put(var object) -> objects.put(Map.entry(object.kind(), object.objectName()), object);
                case Change.Remove(var kind, var name) -> objects.remove(Map.entry(kind, name));
            }
        }
    }

    private static List<String> texts(ManifestSet set) {
        return set.problems().stream().map(Problem::toString).toList();
    }
}
