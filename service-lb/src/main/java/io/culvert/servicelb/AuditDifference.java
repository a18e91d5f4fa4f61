// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb;

import org.jspecify.annotations.Nullable;

/// Something that the kernel holds otherwise than it was written.
///
/// @param map by name, for example `frontends`
/// @param key for people: `TCP 10.96.0.10:80`
/// @param expected for people; `nothing` if there should be no such entry
/// @param found for people; `nothing` if there is no such entry
public record AuditDifference(String map, String key, String expected, String found) {

    static final String NOTHING = "nothing";

    /// @param expected null: no such entry
    /// @param found null: there is no such entry
    public static AuditDifference of(String map, Object key, @Nullable Object expected, @Nullable Object found) {
        return new AuditDifference(
                map,
                key.toString(),
                expected == null ? NOTHING : expected.toString(),
                found == null ? NOTHING : found.toString());
    }

    @Override
    public String toString() {
        return map + ", " + key + ": expected " + expected + ", found " + found;
    }
}
