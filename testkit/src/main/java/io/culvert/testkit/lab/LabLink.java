// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An Ethernet interface of a lab host.
///
/// @param index in its namespace
/// @param address as `02:42:ac:11:00:02`
public record LabLink(int index, String address) {

    /// `7: cali1@if2: ... link/ether 02:42:ac:11:00:02 brd ...`
    private static final Pattern LINE = Pattern.compile("^(\\d+): .*link/ether ([0-9a-f:]{17}) ", Pattern.DOTALL);

    /// @param line as `ip -o link` says it
    static LabLink parse(String line) {
        Matcher link = LINE.matcher(line);
        if (!link.find()) {
            throw new LabException("no Ethernet interface: " + line);
        }
        return new LabLink(Integer.parseInt(link.group(1)), link.group(2));
    }
}
