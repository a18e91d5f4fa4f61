// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.host;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file of /proc or /sys that holds one number. What cannot be set stays as it is, and a line tells: no service
/// depends on it.
record HostFile(Path path) {

    private static final Logger LOG = LoggerFactory.getLogger(HostFile.class);

    /// Sets it where it is different.
    void set(long value) {
        set(value, false);
    }

    /// Sets it where it is smaller.
    void raise(long value) {
        set(value, true);
    }

    private void set(long value, boolean onlyMore) {
        try {
            OptionalLong present = read();
            if (present.isPresent() && (present.getAsLong() == value || (onlyMore && present.getAsLong() > value))) {
                return;
            }
            Files.writeString(
                    path, Long.toString(value), StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            String before = present.isPresent() ? "; it was " + present.getAsLong() : "";
            LOG.info("set {} to {}{}", path, value, before);
        } catch (NoSuchFileException e) {
            LOG.info("leave {} alone: it does not exist here; set it to {} if you need it", path, value);
        } catch (IOException e) {
            LOG.warn("set {} to {}: {}; set it on the machine if you need it", path, value, reason(e));
        }
    }

    /// In one piece: a second read of a number below /proc/sys finds its end, however much the first one took.
    private OptionalLong read() throws IOException {
        byte[] text = new byte[64];
        try (InputStream file = Files.newInputStream(path)) {
            int length = Math.max(0, file.read(text));
            return OptionalLong.of(Long.parseLong(new String(text, 0, length, StandardCharsets.US_ASCII).strip()));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    private static String reason(IOException e) {
        String message = String.valueOf(e.getMessage());
        String lower = message.toLowerCase(Locale.ROOT);
        if (e instanceof AccessDeniedException || lower.contains("permission denied")) {
            return "Permission denied (EACCES)";
        }
        if (lower.contains("read-only file system")) {
            return "Read-only file system (EROFS)";
        }
        return message.substring(message.lastIndexOf(": ") + 1).strip();
    }
}
