// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// How moments are shown, always in UTC.
public enum TimeFormat {
    STAMP_MILLI("StampMilli", "MMM ppd HH:mm:ss.SSS"),
    YEAR_MONTH_DAY("YearMonthDay", "yyyy-MM-dd"),
    YEAR_MONTH_DAY_HOUR("YearMonthDayHour", "yyyy-MM-dd HH"),
    YEAR_MONTH_DAY_HOUR_MINUTE("YearMonthDayHourMinute", "yyyy-MM-dd HH:mm"),
    RFC3339("RFC3339", "yyyy-MM-dd'T'HH:mm:ss'Z'"),
    RFC3339_MILLI("RFC3339Milli", "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"),
    RFC3339_MICRO("RFC3339Micro", "yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'"),
    RFC3339_NANO("RFC3339Nano", "yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'"),
    RFC1123Z("RFC1123Z", "EEE, dd MMM yyyy HH:mm:ss '+0000'");

    private final String label;
    private final DateTimeFormatter formatter;

    TimeFormat(String label, String pattern) {
        this.label = label;
        this.formatter = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(ZoneOffset.UTC);
    }

    public static List<String> labels() {
        return Arrays.stream(values()).map(format -> format.label).toList();
    }

    public static Optional<TimeFormat> of(String label) {
        return Arrays.stream(values())
                .filter(format -> format.label.equalsIgnoreCase(label))
                .findFirst();
    }

    String text(Timestamp time) {
        return Timestamps.isValid(time)
                ? formatter.format(Instant.ofEpochSecond(time.getSeconds(), time.getNanos()))
                : "N/A";
    }
}
