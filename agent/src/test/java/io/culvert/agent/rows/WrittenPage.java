// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// A page says what the tests prove. With `-Drows.write=true` it is written instead of compared.
abstract class WrittenPage {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private final RowPage rows;
    private final String file;

    /// @param file from the root of the checkout
    WrittenPage(RowPage rows, String file) {
        this.rows = rows;
        this.file = file;
    }

    @Test
    void thePageIsWhatTheTestsProve() throws IOException {
        Path path = ROOT.resolve(file);
        String page = RowTable.read(ROOT, rows).page();
        if (Boolean.getBoolean("rows.write")) {
            Files.writeString(path, page);
        }
        assertThat(Files.readString(path))
                .as(file + "; write it anew: ./mvnw -pl agent -am test -Dtest=" + rows.test()
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Drows.write=true")
                .isEqualTo(page);
    }

    @Test
    void everyRowThatMattersIsProvedOrExplained() throws IOException {
        assertThat(RowTable.read(ROOT, rows).unexplained()).isEmpty();
    }

    @Test
    void testsAndNotesNameRowsThatExist() throws IOException {
        assertThat(RowTable.read(ROOT, rows).unknown()).isEmpty();
    }
}
