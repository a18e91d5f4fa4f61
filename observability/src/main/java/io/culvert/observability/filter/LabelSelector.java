// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A label selector of Kubernetes, whose keys may name the source of a label: `k8s:app=web, tier in (a, b), !canary,
/// reserved:world`. A key without a source means labels of any.
record LabelSelector(List<Requirement> requirements) implements Predicate<List<String>> {

    private static final String KEY = "(?:(?<source>[a-z0-9-]+):)?(?<key>[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?)";
    private static final String VALUE = "[-A-Za-z0-9_.]*";
    private static final Pattern EXISTS = Pattern.compile("(?<not>!?)\\s*" + KEY);
    private static final Pattern EQUALS = Pattern.compile(KEY + "\\s*(?<operator>==?|!=)\\s*(?<values>" + VALUE + ")");
    private static final Pattern ONE_OF = Pattern.compile(
            KEY + "\\s+(?<operator>in|notin)\\s*\\((?<values>\\s*" + VALUE + "\\s*(?:,\\s*" + VALUE + "\\s*)*)\\)");
    private static final Pattern LIST = Pattern.compile("\\s*,\\s*");

    /// @param source whose label; null: anybody's
    /// @param values that a label of this key has; null: any
    /// @param wanted whether there shall be such a label, or shall not
    record Requirement(
            @Nullable String source, String key, @Nullable Set<String> values, boolean wanted) {

        boolean test(List<String> labels) {
            return labels.stream().anyMatch(this::isLabel) == wanted;
        }

        private boolean isLabel(String label) {
            int end = label.indexOf('=');
            String name = end < 0 ? label : label.substring(0, end);
            int colon = name.indexOf(':');
            boolean named = name.substring(colon + 1).equals(key) && (source == null || name.startsWith(source + ":"));
            return named && (values == null || values.contains(end < 0 ? "" : label.substring(end + 1)));
        }
    }

    /// Reads a selector; an empty one wants everything.
    static Optional<LabelSelector> parse(String text) {
        List<Requirement> requirements = new ArrayList<>();
        for (String part : text.isBlank() ? List.<String>of() : parts(text)) {
            Optional<Requirement> requirement = requirement(part.strip());
            if (requirement.isEmpty()) {
                return Optional.empty();
            }
            requirements.add(requirement.get());
        }
        return Optional.of(new LabelSelector(List.copyOf(requirements)));
    }

    /// Split at commas that are not in parentheses.
    private static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        boolean list = false;
        for (int i = 0; i < text.length(); i++) {
            char letter = text.charAt(i);
            list = letter == '(' || (list && letter != ')');
            if (letter == ',' && !list) {
                parts.add(text.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static Optional<Requirement> requirement(String text) {
        Matcher exists = EXISTS.matcher(text);
        if (exists.matches()) {
            boolean wanted = exists.group("not").isEmpty();
            return Optional.of(new Requirement(source(exists), exists.group("key"), null, wanted));
        }
        for (Pattern pattern : List.of(EQUALS, ONE_OF)) {
            Matcher matcher = pattern.matcher(text);
            if (matcher.matches()) {
                Set<String> values =
                        Set.copyOf(List.of(LIST.split(matcher.group("values").strip(), -1)));
                boolean wanted = Set.of("=", "==", "in").contains(matcher.group("operator"));
                return Optional.of(new Requirement(source(matcher), matcher.group("key"), values, wanted));
            }
        }
        return Optional.empty();
    }

    private static @Nullable String source(Matcher matcher) {
        String source = matcher.group("source");
        return "any".equals(source) ? null : source;
    }

    @Override
    public boolean test(List<String> labels) {
        return requirements.stream().allMatch(requirement -> requirement.test(labels));
    }
}
