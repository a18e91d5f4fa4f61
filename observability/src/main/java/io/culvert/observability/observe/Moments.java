// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.observe;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Moments as users write them: a time of RFC 3339, in UTC where it says no zone; a day; or how long ago it is: `5m`,
/// `1h30m`, `2d`.
final class Moments {

    private static final Pattern PART = Pattern.compile("(?<count>[0-9]{1,9})(?<unit>ms|s|m|h|d|w)");
    private static final Pattern AGO = Pattern.compile("-?(?:" + PART.pattern().replaceAll("\\?<[a-z]+>", "") + ")+");

    private static final Map<String, Duration> UNITS = Map.of(
            "ms", Duration.ofMillis(1),
            "s", Duration.ofSeconds(1),
            "m", Duration.ofMinutes(1),
            "h", Duration.ofHours(1),
            "d", Duration.ofDays(1),
            "w", Duration.ofDays(7));

    private static final List<Function<String, Instant>> FORMS = List.of(
            text -> OffsetDateTime.parse(text).toInstant(),
            text -> LocalDateTime.parse(text).toInstant(ZoneOffset.UTC),
            text -> LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC));

    private Moments() {}

    /// @throws ObserveException if it is none of these
    static Instant parse(String flag, String text, Instant now) {
        if (AGO.matcher(text).matches()) {
            Matcher part = PART.matcher(text);
            Instant then = now;
            while (part.find()) {
                Duration unit = UNITS.getOrDefault(part.group("unit"), Duration.ZERO);
                then = then.minus(unit.multipliedBy(Long.parseLong(part.group("count"))));
            }
            return then;
        }
        for (Function<String, Instant> form : FORMS) {
            try {
                return form.apply(text);
            } catch (DateTimeParseException e) {
                // Another form may fit.
            }
        }
        throw new ObserveException(
                flag + " " + text + ": no time; write 5m, 1h30m, 2026-01-02 or 2026-01-02T03:04:05Z");
    }
}
