// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import static java.nio.file.StandardWatchEventKinds.ENTRY_CREATE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_DELETE;
import static java.nio.file.StandardWatchEventKinds.ENTRY_MODIFY;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TouchedFilesTest {

    private static final Path A = Path.of("a.yaml");
    private static final Path B = Path.of("b.yaml");

    private final TouchedFiles touched = new TouchedFiles();

    @Test
    void aFileThatWasRenamedIntoThePlaceOfAnotherIsWhole() {
        assertThat(touched.any()).isFalse();

        touched.add(A, ENTRY_CREATE);

        assertThat(touched.any()).isTrue();
        assertThat(touched.areWhole(A::equals)).isTrue();
        assertThat(touched.burst()).isEqualTo(new DirectoryWatch.Burst(Set.of(A), false));
    }

    @Test
    void aFileThatNobodyHasReadMayBeWrittenStill() {
        touched.add(A, ENTRY_CREATE);
        touched.add(B, ENTRY_CREATE);

        assertThat(touched.areWhole(A::equals)).isFalse();
    }

    @Test
    void aFileThatIsWrittenAfterItWasRenamedIsNotWhole() {
        touched.add(A, ENTRY_CREATE);
        touched.add(A, ENTRY_MODIFY);

        assertThat(touched.areWhole(_ -> true)).isFalse();
    }

    @Test
    void aFileThatWasDeletedMayBeOnItsWayBack() {
        touched.add(A, ENTRY_DELETE);

        assertThat(touched.areWhole(_ -> true)).isFalse();
    }

    @Test
    void nothingIsKnownToBeWholeWhereEventsWereLost() {
        touched.add(A, ENTRY_CREATE);
        touched.lose();

        assertThat(touched.areWhole(_ -> true)).isFalse();
        assertThat(touched.burst().lost()).isTrue();
    }
}
