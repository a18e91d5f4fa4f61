// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What is mounted, from `/proc/self/mountinfo` (proc_pid_mountinfo(5)).
public record MountTable(List<Mount> mounts) {

    public static final Path FILE = Path.of("/proc/self/mountinfo");

    /// @param root the directory of the file system that is mounted here
    public record Mount(Path point, String type, String root) {}

    public static MountTable parse(String text) {
        List<Mount> mounts = new ArrayList<>();
        text.lines().forEach(line -> {
            int separator = line.indexOf(" - ");
            String[] fields = line.split(" ");
            if (separator > 0 && fields.length > 5) {
                String type = line.substring(separator + 3).split(" ", 2)[0];
                mounts.add(new Mount(Path.of(unescaped(fields[4])), type, unescaped(fields[3])));
            }
        });
        return new MountTable(List.copyOf(mounts));
    }

    /// The first mount of a type, which is the one the system made; later ones may be bind mounts.
    public Optional<Mount> ofType(String type) {
        return mounts.stream().filter(mount -> mount.type().equals(type)).findFirst();
    }

    /// The mount that `path` lies in.
    public Optional<Mount> containing(Path path) {
        return mounts.stream()
                .filter(mount -> path.startsWith(mount.point()))
                .reduce((one, other) ->
                        other.point().getNameCount() >= one.point().getNameCount() ? other : one);
    }

    /// Space, tab, newline and backslash are written as three octal digits.
    private static String unescaped(String text) {
        return text.replace("\\040", " ")
                .replace("\\011", "\t")
                .replace("\\012", "\n")
                .replace("\\134", "\\");
    }
}
