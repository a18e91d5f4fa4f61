// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.loader.btf.Btf;
import io.culvert.loader.btf.BtfType;
import io.culvert.loader.btf.ElfFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The records of Java against the objects that ship.
final class ObjectLayoutsTest {

    /// What a program remembers for itself.
    private static final Set<String> PRIVATE = Set.of("xdp_known");

    @ParameterizedTest
    @ValueSource(strings = {"sock_lb", "pod", "net", "policy", "xdp", "xdp_generic", "explain", "reap"})
    void everyRecordIsThatOfTheObject(String object) {
        assertThat(ObjectLayouts.differences(btf(object))).isEmpty();
    }

    @Test
    void everyMapOfTheObjectsIsInTheTablesAndTheOtherWayRound() {
        List<String> declared = Stream.of("sock_lb", "pod", "policy", "xdp")
                .flatMap(object -> btf(object).variables(".maps").stream())
                .map(Btf.PlacedVariable::name)
                .distinct()
                .filter(name -> !PRIVATE.contains(name))
                .toList();
        assertThat(declared)
                .containsExactlyInAnyOrderElementsOf(
                        Tables.ALL.stream().map(Table::name).toList());
    }

    /// Without the types of keys and values nothing would be compared.
    @Test
    void theObjectsCarryTheTypes() {
        Btf btf = btf("pod");
        assertThat(List.of("frontend_key", "extent_header", "backend", "flow", "flow_key", "control", "event"))
                .allSatisfy(name -> assertThat(btf.find(BtfType.Struct.class, name))
                        .as(name)
                        .isPresent());
    }

    private static Btf btf(String object) {
        try (InputStream resource = ObjectLayoutsTest.class.getResourceAsStream("/io/culvert/bpf/" + object + ".o")) {
            return Btf.read(
                    ElfFile.read(java.util.Objects.requireNonNull(resource).readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
