// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Walls within this module, and of it towards fabric8.
class ClusterArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.culvert.cluster");

    @Test
    void fabric8IsKnownInOnePackageOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.culvert.cluster.kubernetes")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.fabric8..")
                .check(CLASSES);
    }

    @Test
    void objectsOfFabric8AreNotUsedAtAll() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.fabric8.kubernetes.api..")
                .check(CLASSES);
    }

    /// What is kept between events is ours: only the connection holds anything of fabric8.
    @Test
    void onlyTheConnectionHoldsAnythingOfFabric8() {
        fields().that(describe("are of fabric8's types", ClusterArchitectureTest::ofFabric8))
                .should()
                .beDeclaredInClassesThat()
                .haveNameMatching(".*\\.(ApiConnection|BodyStream)")
                .check(CLASSES);
    }

    /// The model is in two packages, because that of policies has as many records as all others together.
    @Test
    void theModelKnowsNoSource() {
        noClasses()
                .that()
                .resideInAnyPackage("io.culvert.cluster", "io.culvert.cluster.policy")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.culvert.cluster.decode..",
                        "io.culvert.cluster.manifest..",
                        "io.culvert.cluster.kubernetes..",
                        "com.fasterxml..",
                        "org.yaml..")
                .check(CLASSES);
    }

    @Test
    void sourcesDoNotKnowEachOther() {
        noClasses()
                .that()
                .resideInAPackage("io.culvert.cluster.manifest")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.culvert.cluster.kubernetes")
                .check(CLASSES);
    }

    /// The tests of the sources prove that what is on the class path is enough. This proves that it is not more: each
    /// of these would come back with an unguarded dependency.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.fabric8.kubernetes.client.impl.KubernetesClientImpl",
                "io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory",
                "io.fabric8.kubernetes.api.model.apps.Deployment",
                "io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice",
                "io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway",
                "io.fabric8.zjsonpatch.JsonPatch",
            })
    void whatIsNotNeededOfFabric8IsNotThere(String name) {
        assertThatThrownBy(() -> Class.forName(name, false, getClass().getClassLoader()))
                .isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void theRulesSeeClasses() {
        assertThat(CLASSES.stream().filter(type -> type.getName().contains("ApiConnection")))
                .isNotEmpty();
        assertThat(CLASSES.get("io.culvert.cluster.kubernetes.ApiConnection").getFields())
                .anyMatch(ClusterArchitectureTest::ofFabric8);
    }

    private static boolean ofFabric8(JavaField field) {
        return field.getAllInvolvedRawTypes().stream()
                .map(JavaClass::getPackageName)
                .anyMatch(name -> name.startsWith("io.fabric8"));
    }
}
