// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.cli.CommandLines;
import io.culvert.agent.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The pages say what the program has.
final class DocumentationTest {

    private static final Path DOCS = Path.of("..", "docs");

    @Test
    void everySettingHasItsRowWithItsDefaultAndNoOtherIsListed() throws IOException {
        String section = section("agent.md", "## Configuration", "## Access");
        TreeSet<String> known =
                new TreeSet<>(Setting.all().stream().map(Setting::key).toList());
        TreeSet<String> listed = new TreeSet<>();
        Pattern.compile("`([a-z]+(?:-[a-z]+)+|source|kubeconfig|manifests|bpffs|devices|policy|xdp)`(?=[, |.])")
                .matcher(section)
                .results()
                .map(match -> match.group(1))
                .forEach(listed::add);

        assertThat(listed).containsAll(known);
        for (Setting<?> setting : Setting.all()) {
            if (!setting.defaultText().isEmpty()) {
                assertThat(section).contains("| `" + setting.key() + "` | `" + setting.defaultText() + "` |");
            }
        }
        assertThat(section.lines()
                        .filter(line -> line.startsWith("| `"))
                        .flatMap(line -> Pattern.compile("`([a-z-]+)`")
                                .matcher(line.split("\\|")[1])
                                .results()
                                .map(match -> match.group(1))))
                .allMatch(known::contains);
    }

    @Test
    void everyVerbIsInTheTable() throws IOException {
        String section = section("cli.md", "## Verbs", "## Options");

        CommandLines.create().getSubcommands().forEach((name, verb) -> {
            if (!verb.getCommandSpec().usageMessage().hidden()) {
                assertThat(section).containsPattern("`" + name + "[ `]");
            }
            verb.getSubcommands()
                    .keySet()
                    .forEach(inner -> assertThat(section).containsPattern(name + " " + inner + "[ `]"));
        });
    }

    private static String section(String page, String from, String to) throws IOException {
        String text = Files.readString(DOCS.resolve(page));
        assertThat(text).contains(from, to);
        return text.substring(text.indexOf(from), text.indexOf(to));
    }
}
