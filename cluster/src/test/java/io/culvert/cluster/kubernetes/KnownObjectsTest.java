// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.cluster.decode.DocumentKind;
import io.culvert.cluster.decode.Scope;
import io.culvert.cluster.decode.Value;
import io.culvert.cluster.decode.YamlValues;
import org.junit.jupiter.api.Test;

class KnownObjectsTest {

    @Test
    void whatWasWrongWithAnObjectThatTheNextListLacksIsForgotten() {
        KnownObjects known = new KnownObjects(DocumentKind.SERVICE, Scope.EVERYTHING, (_, _, _) -> {});
        KnownObjects.Relist list = known.relist();
        list.item(
                (Value.Mapping) YamlValues.read(Objects.service("web", 70_000)).getFirst());
        assertThat(list.finish()).isEmpty();
        assertThat(known.problems()).hasSize(1);

        known.relist().finish();

        assertThat(known.problems()).isEmpty();
    }
}
