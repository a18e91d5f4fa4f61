// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.agent.config.Setting;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the command line of an agent says.
///
/// @param options text by setting
/// @param config the configuration file
/// @param initOnly whether to end once this machine is prepared
public record AgentArguments(
        Map<Setting<?>, String> options, @Nullable Path config, boolean initOnly) {

    static final String VERB = "agent";
    static final String CONFIG = "--config";

    /// Reads a command line of which every word is understood: `agent`, then `--key value` or `--key=value`, each
    /// once. All others are picocli's, which says what is wrong, or shows help. It is not asked first because it
    /// takes a tenth of a second of each start.
    public static Optional<AgentArguments> plain(String... args) {
        if (args.length == 0 || !args[0].equals(VERB)) {
            return Optional.empty();
        }
        Map<String, String> given = new HashMap<>();
        Iterator<String> words = Arrays.asList(args).subList(1, args.length).iterator();
        while (words.hasNext()) {
            String word = words.next();
            int equals = word.indexOf('=');
            String option = equals < 0 ? word : word.substring(0, equals);
            String value = equals >= 0 ? word.substring(equals + 1) : words.hasNext() ? words.next() : "";
            if (!isPlain(value) || given.put(option, value) != null) {
                return Optional.empty();
            }
        }
        return of(given);
    }

    /// Not what picocli could take for something else: an option, or a file of arguments.
    private static boolean isPlain(String value) {
        return !value.isEmpty() && !value.startsWith("-") && !value.startsWith("@");
    }

    private static Optional<AgentArguments> of(Map<String, String> given) {
        Map<String, Setting<?>> settings =
                Setting.all().stream().collect(Collectors.toMap(Setting::option, Function.identity()));
        Map<Setting<?>, String> options = new HashMap<>();
        String config = given.remove(CONFIG);
        for (Map.Entry<String, String> entry : given.entrySet()) {
            Setting<?> setting = settings.get(entry.getKey());
            if (setting == null) {
                return Optional.empty();
            }
            options.put(setting, entry.getValue());
        }
        return Optional.of(new AgentArguments(options, config == null ? null : Path.of(config), false));
    }
}
