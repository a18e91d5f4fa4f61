// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/// The files of the page, out of the jar: those of this list and no others.
final class StaticFiles {

    private static final String SCRIPT = "text/javascript; charset=utf-8";

    private static final Map<String, File> FILES = Map.of(
            "/", new File("index.html", "text/html; charset=utf-8"),
            "/page.css", new File("page.css", "text/css; charset=utf-8"),
            "/page.js", new File("page.js", SCRIPT),
            "/dom.js", new File("dom.js", SCRIPT),
            "/flows.js", new File("flows.js", SCRIPT),
            "/map.js", new File("map.js", SCRIPT),
            "/tables.js", new File("tables.js", SCRIPT),
            "/icon.svg", new File("icon.svg", "image/svg+xml"));

    private StaticFiles() {}

    /// @param name below this package's resources
    private record File(String name, String type) {}

    /// What is in a file; all are text.
    record Content(String type, String text) {}

    static Optional<Content> at(String path) {
        return Optional.ofNullable(FILES.get(path)).map(StaticFiles::read);
    }

    private static Content read(File file) {
        try (InputStream in = StaticFiles.class.getResourceAsStream(file.name)) {
            if (in == null) {
                throw new IllegalStateException("not in the jar: " + file.name);
            }
            return new Content(file.type, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("read " + file.name, e);
        }
    }
}
