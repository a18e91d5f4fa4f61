// SPDX-License-Identifier: Apache-2.0
package io.culvert.cluster.manifest;

import io.culvert.cluster.Problem;
import io.culvert.cluster.decode.DocumentName;
import io.culvert.cluster.decode.Value;
import io.culvert.cluster.decode.ValueText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What each manifest last said that was good, on disk, for the start of an agent at which it is wrong. A copy has the
/// path below our directory that its file has below the directory of manifests. It is the text of a file without
/// faults, and the objects that count of one with faults. Not for use by several threads.
final class LastGoodCopies {

    private static final Logger LOG = LoggerFactory.getLogger(LastGoodCopies.class);

    /// What is written before it gets its name. No manifest's copy has a path of one dotted name.
    private static final String UNFINISHED = ".unfinished";

    private final Path root;
    private final Path directory;
    private @Nullable Problem trouble;

    /// @param root the directory of manifests
    /// @param directory need not exist yet
    LastGoodCopies(Path root, Path directory) {
        this.root = root;
        this.directory = directory;
    }

    /// What the file said when it was last good, nothing if it never was.
    ParsedFile recall(Path file) {
        String text = read(copyOf(file));
        if (text.isEmpty()) {
            return ParsedFile.EMPTY;
        }
        ParsedFile recalled = ManifestParser.parse(copyOf(file).toString(), text);
        LOG.info(
                "{}: {} objects as they last were, from {}",
                file,
                recalled.objects().size(),
                copyOf(file));
        return new ParsedFile(recalled.objects(), Set.of(), false, List.of());
    }

    /// Keeps the text of a file without faults.
    void keep(Path file, String text) {
        attempt(() -> write(copyOf(file), text));
    }

    /// Keeps objects of a file with faults.
    ///
    /// @param text what the file says now
    /// @param names of the objects that count: as they are in the text where they are good there, else as they were
    void keep(Path file, String text, Set<DocumentName> names) {
        attempt(() -> {
            Map<DocumentName, Value.Mapping> good = new LinkedHashMap<>(ManifestParser.values(file.toString(), text));
            ManifestParser.values(file.toString(), read(copyOf(file))).forEach(good::putIfAbsent);
            good.keySet().retainAll(names);
            StringJoiner objects =
                    new StringJoiner(ManifestParser.isJson(file.toString()) ? "\n" : "\n---\n", "", "\n");
            for (Value.Mapping object : good.values()) {
                objects.add(ValueText.of(object));
            }
            write(copyOf(file), objects.toString());
        });
    }

    /// Forgets a file that is gone, and directories that have no copies any more.
    void forget(Path file) {
        attempt(() -> {
            Files.deleteIfExists(copyOf(file));
            Path parent = copyOf(file).getParent();
            while (parent != null && !parent.equals(directory) && isEmpty(parent)) {
                Files.delete(parent);
                parent = parent.getParent();
            }
        });
    }

    /// The files that there are copies of, whether they are still there or not.
    List<Path> files() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> tree = Files.walk(directory)) {
            return tree.filter(Files::isRegularFile)
                    .filter(copy -> !copy.equals(directory.resolve(UNFINISHED)))
                    .map(copy -> root.resolve(directory.relativize(copy)))
                    .toList();
        } catch (UncheckedIOException e) {
            note(new IOException(e));
        } catch (IOException e) {
            note(e);
        }
        return List.of();
    }

    /// Why the next start may know less than this one, if so.
    List<Problem> problems() {
        return trouble == null ? List.of() : List.of(trouble);
    }

    private Path copyOf(Path file) {
        return directory.resolve(root.relativize(file));
    }

    /// Empty if there is no copy.
    private String read(Path copy) {
        try {
            return Files.readString(copy);
        } catch (NoSuchFileException e) {
            return "";
        } catch (IOException e) {
            note(e);
            return "";
        }
    }

    private void write(Path copy, String text) throws IOException {
        if (read(copy).equals(text)) {
            return;
        }
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Files.createDirectories(copy.getParent());
        Path unfinished = directory.resolve(UNFINISHED);
        Files.writeString(unfinished, text);
        Files.move(unfinished, copy, StandardCopyOption.ATOMIC_MOVE);
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private void attempt(Step step) {
        try {
            step.run();
            trouble = null;
        } catch (IOException e) {
            note(e);
        }
    }

    private void note(IOException e) {
        trouble = Problem.warning(
                directory.toString(),
                "the last good versions of manifests cannot be kept for the next start: " + FileErrors.reason(e),
                "make it writable, or choose another --state-dir");
    }
}
