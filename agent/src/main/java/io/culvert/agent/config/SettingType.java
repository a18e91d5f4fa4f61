// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import java.util.Optional;
import java.util.function.Function;

/// How the text of a setting is read.
///
/// @param parameter what stands for the value in help: `DIR`
/// @param wanted completes the sentence "write ..."
/// @param many whether a list of the configuration file is a value: its items are joined by commas
/// @param parse the value, or empty if the text is none
public record SettingType<T>(String parameter, String wanted, boolean many, Function<String, Optional<T>> parse) {

    static <T> SettingType<T> one(String parameter, String wanted, Function<String, Optional<T>> parse) {
        return new SettingType<>(parameter, wanted, false, parse);
    }

    static <T> SettingType<T> list(String parameter, String wanted, Function<String, Optional<T>> parse) {
        return new SettingType<>(parameter, wanted, true, parse);
    }
}
