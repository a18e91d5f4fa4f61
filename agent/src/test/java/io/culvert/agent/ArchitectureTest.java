// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The walls of the house, as docs/architecture.md draws them.
final class ArchitectureTest {

    private static final String CONTROL_MESSAGES = "io.culvert.agent.control.v1";

    private static final String HUBBLE_MESSAGES = "io.culvert.observability.api.";

    private static JavaClasses culvert;

    @BeforeAll
    static void read() {
        culvert = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.culvert");
    }

    @Test
    void dependenciesPointOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("io.culvert..")
                .layer("agent")
                .definedBy("io.culvert.agent..")
                .layer("service-lb")
                .definedBy("io.culvert.servicelb..")
                .layer("policy")
                .definedBy("io.culvert.policy..")
                .layer("observability")
                .definedBy("io.culvert.observability..")
                .layer("maps")
                .definedBy("io.culvert.maps..")
                .layer("cluster")
                .definedBy("io.culvert.cluster..")
                .layer("loader")
                .definedBy("io.culvert.loader..")
                .layer("net")
                .definedBy("io.culvert.net..")
                .layer("testkit")
                .definedBy("io.culvert.testkit..")
                .whereLayer("agent")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("testkit")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("service-lb")
                .mayOnlyBeAccessedByLayers("agent")
                .whereLayer("policy")
                .mayOnlyBeAccessedByLayers("agent")
                .whereLayer("observability")
                .mayOnlyBeAccessedByLayers("agent")
                .whereLayer("maps")
                .mayOnlyBeAccessedByLayers("agent", "service-lb", "policy", "observability")
                .whereLayer("cluster")
                .mayOnlyBeAccessedByLayers("agent", "service-lb", "policy")
                .whereLayer("loader")
                .mayOnlyBeAccessedByLayers("agent", "maps")
                .check(culvert);
    }

    @Test
    void onlyLoaderAndMapsTouchForeignMemory() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.culvert.loader..", "io.culvert.maps..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .check(culvert);
    }

    @Test
    void onlyOnePackageKnowsTheKubernetesClient() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.culvert.cluster.kubernetes..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.fabric8..")
                .check(culvert);
    }

    @Test
    void onlyOnePackageKnowsOpenTelemetry() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.culvert.observability.otlp..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.opentelemetry..")
                .check(culvert);
    }

    @Test
    void featuresDoNotSeeEachOther() {
        List<String> features = List.of("servicelb", "policy", "observability");
        for (String feature : features) {
            String[] others = features.stream()
                    .filter(other -> !other.equals(feature))
                    .map(other -> "io.culvert." + other + "..")
                    .toArray(String[]::new);
            noClasses()
                    .that()
                    .resideInAPackage("io.culvert." + feature + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(others)
                    .check(culvert);
        }
    }

    @Test
    void grpcStaysInTheControlPackageAndBehindTheHubbleApi() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.culvert.agent.control..", "io.culvert.observability..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "com.google.protobuf..", CONTROL_MESSAGES)
                .check(culvert);
    }

    @Test
    void commandsDoNotExitTheProcess() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(Culvert.class.getName())
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(culvert);
    }

    @Test
    void everyPackageIsNullMarked() {
        Set<String> unmarked = culvert.stream()
                .map(type -> type.getPackage())
                .filter(type -> !type.getName().equals(CONTROL_MESSAGES))
                .filter(type -> !type.getName().startsWith(HUBBLE_MESSAGES))
                .filter(type -> !type.isAnnotatedWith(NullMarked.class))
                .map(JavaPackage::getName)
                .collect(Collectors.toSet());

        assertThat(unmarked).isEmpty();
    }

    @Test
    void everyModuleIsLookedAt() {
        Set<String> packages =
                culvert.stream().map(type -> type.getPackageName()).collect(Collectors.toSet());

        assertThat(packages)
                .containsAll(Stream.of(
                                "net",
                                "loader",
                                "maps",
                                "cluster",
                                "servicelb",
                                "policy",
                                "observability.flow",
                                "observability.hubble",
                                "observability.names",
                                "agent")
                        .map(name -> "io.culvert." + name)
                        .toList());
    }
}
