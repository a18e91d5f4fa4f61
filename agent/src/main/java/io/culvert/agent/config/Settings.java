// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;

/// The value of every setting: the option's, else the environment's, else the file's, else the default.
public final class Settings {

    private final Map<Setting<?>, Object> values;

    private Settings(Map<Setting<?>, Object> values) {
        this.values = Map.copyOf(values);
    }

    /// @param options text by setting, as the command line gave it
    /// @throws ConfigException one line for each value that cannot be read
    public static Settings resolve(Map<Setting<?>, String> options, Map<String, String> environment, ConfigFile file) {
        Map<Setting<?>, Object> values = new HashMap<>();
        List<String> mistakes = new ArrayList<>(file.mistakes());
        for (Setting<?> setting : Setting.all()) {
            Optional<Given> given = given(setting, options, environment, file);
            String text = given.map(Given::text).orElse(setting.defaultText());
            if (given.isEmpty() && text.isEmpty()) {
                continue;
            }
            Optional<?> value = setting.type().parse().apply(text);
            value.ifPresent(present -> values.put(setting, present));
            if (value.isEmpty()) {
                mistakes.add(mistake(setting, given.orElseThrow()));
            }
        }
        if (!mistakes.isEmpty()) {
            throw new ConfigException(mistakes);
        }
        Settings settings = new Settings(values);
        // Values that are right one by one may not fit together; the start is where to say so.
        LocalTraffic.of(settings);
        return settings;
    }

    private static Optional<Given> given(
            Setting<?> setting, Map<Setting<?>, String> options, Map<String, String> environment, ConfigFile file) {
        String option = options.get(setting);
        if (option != null) {
            return Optional.of(new Given(option, setting.option()));
        }
        String variable = environment.get(setting.environmentVariable());
        if (variable != null) {
            return Optional.of(new Given(variable, setting.environmentVariable()));
        }
        return Optional.ofNullable(file.values().get(setting));
    }

    private static String mistake(Setting<?> setting, Given given) {
        // An option or a variable says which setting it is; a line of a file does not.
        String where = given.origin().startsWith("--") || given.origin().startsWith("CULVERT_")
                ? given.origin()
                : given.origin() + ": " + setting.key();
        return where + ": \"" + given.text() + "\" is not a value for it; write "
                + setting.type().wanted();
    }

    /// @throws NoSuchElementException for a setting without a value; see [#find]
    public <T> T get(Setting<T> setting) {
        return find(setting).orElseThrow(() -> new NoSuchElementException("no value for " + setting.key()));
    }

    @SuppressWarnings("unchecked") // resolve() only puts what the setting's own type parsed
    public <T> Optional<T> find(Setting<T> setting) {
        return Optional.ofNullable((T) values.get(setting));
    }
}
