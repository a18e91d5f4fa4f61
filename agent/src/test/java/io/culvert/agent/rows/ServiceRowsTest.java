// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// `docs/service-rows.md` says what the tests prove. With `-Drows.write=true` it is written instead of compared.
final class ServiceRowsTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PAGE = ROOT.resolve("docs/service-rows.md");

    @Test
    void thePageIsWhatTheTestsProve() throws IOException {
        String page = RowTable.read(ROOT, RowPage.SERVICES).page();
        if (Boolean.getBoolean("rows.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE))
                .as("docs/service-rows.md; write it anew: ./mvnw -pl agent -am test -Dtest=ServiceRowsTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Drows.write=true")
                .isEqualTo(page);
    }

    @Test
    void everyRowThatMattersIsProvedOrExplained() throws IOException {
        assertThat(RowTable.read(ROOT, RowPage.SERVICES).unexplained()).isEmpty();
    }

    @Test
    void testsAndNotesNameRowsThatExist() throws IOException {
        assertThat(RowTable.read(ROOT, RowPage.SERVICES).unknown()).isEmpty();
    }
}
