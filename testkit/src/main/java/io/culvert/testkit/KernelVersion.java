// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The first two numbers of a kernel release; features arrive with minor versions.
public record KernelVersion(int major, int minor) implements Comparable<KernelVersion> {

    private static final Pattern RELEASE = Pattern.compile("(\\d+)\\.(\\d+).*");

    /// Reads `6.1`, or what `uname -r` prints: `6.1.0-32-amd64`.
    ///
    /// @throws IllegalArgumentException if `release` does not begin with two numbers
    public static KernelVersion parse(String release) {
        Matcher matcher = RELEASE.matcher(release);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a kernel release: " + release);
        }
        return new KernelVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /// The version of the kernel that runs this process.
    public static KernelVersion running() {
        return parse(System.getProperty("os.version"));
    }

    @Override
    public int compareTo(KernelVersion other) {
        return Comparator.comparingInt(KernelVersion::major)
                .thenComparingInt(KernelVersion::minor)
                .compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
