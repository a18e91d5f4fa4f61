// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import io.culvert.net.IpAddress;
import io.culvert.net.IpPrefix;
import io.culvert.observability.filter.FilterJson;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The types that settings have.
final class SettingTypes {

    static final SettingType<String> NAME =
            SettingType.one("NAME", "a name", text -> text.isBlank() ? Optional.empty() : Optional.of(text.strip()));

    static final SettingType<Path> FILE = SettingType.one("FILE", "the path of a file", SettingTypes::path);

    static final SettingType<Path> DIRECTORY = SettingType.one("DIR", "the path of a directory", SettingTypes::path);

    static final SettingType<Boolean> SWITCH =
            SettingType.one("BOOLEAN", "true or false", text -> switch (text.strip()) {
                case "true" -> Optional.of(true);
                case "false" -> Optional.of(false);
                default -> Optional.empty();
            });

    static final SettingType<Boolean> ON_OFF = SettingType.one("on|off", "on or off", text -> switch (text.strip()) {
        case "on" -> Optional.of(true);
        case "off" -> Optional.of(false);
        default -> Optional.empty();
    });

    static final SettingType<Duration> DURATION =
            SettingType.one("DURATION", "a number with ms, s, m or h, as 30s", SettingTypes::duration);

    static final SettingType<BindAddress> ADDRESS =
            SettingType.one("ADDRESS", "address:port, or off", BindAddress::parse);

    static final SettingType<PortRange> PORTS =
            SettingType.one("FIRST-LAST", "two ports, as 30000-32767", PortRange::parse);

    static final SettingType<List<String>> GLOBS = SettingType.list(
            "GLOBS", "interface names separated by commas; * and ? match", text -> Optional.of(items(text)));

    static final SettingType<List<IpPrefix>> FAMILY_PREFIXES = SettingType.list(
            "PREFIXES",
            "an address block, or one of each family, as 10.244.0.0/16,fd44::/48",
            text -> prefixes(text).filter(SettingTypes::differentFamilies));

    static final SettingType<List<IpPrefix>> PREFIXES =
            SettingType.list("PREFIXES", "address blocks separated by commas, as 192.0.2.0/24", SettingTypes::prefixes);

    static final SettingType<NodePortAddresses> NODEPORT_ADDRESSES = SettingType.list(
            "ADDRESSES",
            "primary, all, or address blocks separated by commas, as 192.0.2.0/24",
            text -> NodePortAddresses.parse(items(text)));

    /// As text, whose filters are known to be some.
    static final SettingType<String> FLOW_FILTERS =
            SettingType.one("JSON", "a FlowFilter in JSON, as {\"verdict\":[\"DROPPED\"]}, or an array", text -> {
                try {
                    return FilterJson.parseAll(text).isEmpty() ? Optional.empty() : Optional.of(text);
                } catch (IllegalArgumentException e) {
                    return Optional.empty();
                }
            });

    static final SettingType<List<String>> FIELDS = SettingType.list(
            "FIELDS", "names of flow.proto separated by commas, as time,verdict", text -> Optional.of(items(text)));

    static final SettingType<URI> URL =
            SettingType.one("URL", "http:// or https:// with a host, as http://collector:4317", SettingTypes::url);

    static final SettingType<Map<String, String>> HEADERS = SettingType.list(
            "HEADERS", "names and values separated by commas, as authorization=Bearer x", text -> headers(items(text)));

    static final SettingType<IpAddress> IP =
            SettingType.one("ADDRESS", "an IP address", text -> IpAddress.parse(text.strip()));

    /// Names of interfaces have 1 to 15 bytes without slash, colon and space (dev_valid_name of the kernel).
    static final SettingType<String> INTERFACE = SettingType.one(
            "NAME",
            "the name of an interface, or its beginning",
            text -> Optional.of(text.strip()).filter(name -> name.matches("[^\\s/:]{1,15}")));

    private static final Pattern DURATION_TEXT = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private SettingTypes() {}

    /// Constants of an enum, in lower case with dashes. Kubernetes' spelling without dashes, as `NodeCIDR`, is read
    /// too.
    static <E extends Enum<E>> SettingType<E> choice(Class<E> type) {
        Function<E, String> text =
                constant -> constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
        List<E> constants = List.of(type.getEnumConstants());
        List<String> names = constants.stream().map(text).toList();
        String wanted = names.size() == 1
                ? names.getFirst()
                : String.join(", ", names.subList(0, names.size() - 1)) + " or " + names.getLast();
        return SettingType.one(
                String.join("|", names),
                wanted,
                value -> constants.stream()
                        .filter(constant -> plain(text.apply(constant)).equals(plain(value)))
                        .findFirst());
    }

    private static String plain(String name) {
        return name.strip().replace("-", "").toLowerCase(Locale.ROOT);
    }

    static SettingType<Integer> count(int min, int max) {
        return SettingType.one("COUNT", "a number from " + min + " to " + max, text -> {
            try {
                int value = Integer.parseInt(text.strip());
                return value >= min && value <= max ? Optional.of(value) : Optional.empty();
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        });
    }

    private static Optional<Path> path(String text) {
        try {
            return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static Optional<URI> url(String text) {
        try {
            URI url = new URI(text.strip());
            boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            return web && url.getHost() != null ? Optional.of(url) : Optional.empty();
        } catch (URISyntaxException e) {
            return Optional.empty();
        }
    }

    private static Optional<Map<String, String>> headers(List<String> items) {
        Map<String, String> headers = new HashMap<>();
        for (String item : items) {
            int sign = item.indexOf('=');
            if (sign < 1) {
                return Optional.empty();
            }
            headers.put(
                    item.substring(0, sign).strip().toLowerCase(Locale.ROOT),
                    item.substring(sign + 1).strip());
        }
        return Optional.of(headers);
    }

    private static Optional<Duration> duration(String text) {
        Matcher matcher = DURATION_TEXT.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        return Optional.of(
                switch (matcher.group(2)) {
                    case "ms" -> Duration.ofMillis(number);
                    case "s" -> Duration.ofSeconds(number);
                    case "m" -> Duration.ofMinutes(number);
                    default -> Duration.ofHours(number);
                });
    }

    private static Optional<List<IpPrefix>> prefixes(String text) {
        List<Optional<IpPrefix>> parsed =
                items(text).stream().map(IpPrefix::parse).toList();
        return parsed.stream().allMatch(Optional::isPresent)
                ? Optional.of(parsed.stream().flatMap(Optional::stream).toList())
                : Optional.empty();
    }

    private static boolean differentFamilies(List<IpPrefix> prefixes) {
        return prefixes.stream().map(IpPrefix::family).distinct().count() == prefixes.size();
    }

    private static List<String> items(String text) {
        return Arrays.stream(text.split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }
}
