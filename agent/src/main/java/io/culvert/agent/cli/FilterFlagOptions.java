// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cli;

import io.culvert.observability.observe.FilterFlag;
import io.culvert.observability.observe.FlowWishes;
import io.culvert.observability.observe.ObserveException;
import java.util.Stack;
import java.util.function.Consumer;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/// An option for each flag of a filter. They are applied in the order in which they are given, because `--not` is about
/// the next one.
final class FilterFlagOptions {

    private FilterFlagOptions() {}

    static void add(CommandSpec command, FlowWishes wishes) {
        command.addOption(OptionSpec.builder("--not")
                .arity("0")
                .type(boolean.class)
                .description("Flows that the next flag is not about.")
                .parameterConsumer(new Words(false, _ -> wishes.not()))
                .build());
        for (FilterFlag flag : FilterFlag.all()) {
            command.addOption(OptionSpec.builder(flag.names().toArray(String[]::new))
                    .arity(flag.hasValue() ? "1" : "0")
                    .type(flag.hasValue() ? String.class : boolean.class)
                    .paramLabel(flag.parameter())
                    .description("Flows: " + flag.meaning() + ".")
                    .parameterConsumer(new Words(flag.hasValue(), value -> wishes.add(flag, value)))
                    .build());
        }
    }

    /// Takes the value of a flag from the words of the command line.
    private record Words(boolean hasValue, Consumer<String> effect) implements IParameterConsumer {

        @Override
        @SuppressWarnings("JdkObsolete") // picocli's
        public void consumeParameters(Stack<String> words, ArgSpec option, CommandSpec command) {
            String name = ((OptionSpec) option).longestName();
            if (hasValue && (words.isEmpty() || command.findOption(words.peek()) != null)) {
                throw new ParameterException(command.commandLine(), name + " needs a value: " + option.paramLabel());
            }
            try {
                effect.accept(hasValue ? words.pop() : "");
            } catch (ObserveException e) {
                throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
            }
        }
    }
}
