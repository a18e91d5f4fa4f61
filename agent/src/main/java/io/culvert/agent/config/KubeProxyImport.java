// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import io.culvert.agent.config.ImportedField.Fate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Collects what a KubeProxyConfiguration becomes: settings, and a line of report for each field.
final class KubeProxyImport {

    /// The modes of Linux.
    enum Mode {
        IPTABLES,
        IPVS,
        NFTABLES
    }

    private final String start;
    private final Map<String, KubeProxyField> fields;
    private final Map<Setting<?>, Given> values = new HashMap<>();
    private final List<ImportedField> report = new ArrayList<>();
    private final List<String> mistakes = new ArrayList<>();

    /// @param start where the file begins, for what is said about fields that are not there
    /// @param fields by path, in the order of the file
    KubeProxyImport(String start, Map<String, KubeProxyField> fields) {
        this.start = start;
        this.fields = fields;
    }

    Iterable<KubeProxyField> fields() {
        return fields.values();
    }

    /// Of kube-proxy's default mode, iptables, if nothing else is said.
    Mode mode() {
        return switch (field("mode").text()) {
            case "ipvs" -> Mode.IPVS;
            case "nftables" -> Mode.NFTABLES;
            default -> Mode.IPTABLES;
        };
    }

    /// The field, or one without a value.
    KubeProxyField field(String name) {
        KubeProxyField field = fields.get(name);
        return field == null || !field.isSet()
                ? new KubeProxyField(field == null ? start : field.where(), name, "")
                : field;
    }

    /// Sets the settings, if `text` is a value for them; otherwise the field is refused.
    void use(KubeProxyField field, String text, Setting<?>... settings) {
        use(field, Fate.USED, text, "", settings);
    }

    /// Likewise, with a difference that the user should know of.
    void useButWarn(KubeProxyField field, String text, String difference, Setting<?>... settings) {
        use(field, Fate.WARNING, text, "; " + difference, settings);
    }

    private void use(KubeProxyField field, Fate fate, String text, String more, Setting<?>... settings) {
        Optional<Setting<?>> against = Stream.<Setting<?>>of(settings)
                .filter(setting -> setting.type().parse().apply(text).isEmpty())
                .findFirst();
        if (against.isPresent()) {
            refuse(
                    field,
                    "it is not a value for it; write " + against.get().type().wanted());
            return;
        }
        for (Setting<?> setting : settings) {
            values.put(setting, new Given(text, field.where() + ": " + field.name()));
        }
        add(field, fate, "sets " + names(settings) + " " + text + more);
    }

    /// For a value that is what Culvert does anyway.
    void agree(KubeProxyField field, String note) {
        add(field, Fate.USED, note);
    }

    void ignore(KubeProxyField field, String reason) {
        add(field, Fate.IGNORED, reason);
    }

    void warn(KubeProxyField field, String note) {
        add(field, Fate.WARNING, note);
    }

    void refuse(KubeProxyField field, String reason) {
        add(field, Fate.REFUSED, reason);
        mistakes.add(field.where() + ": " + field.name() + ": \"" + field.text() + "\" is refused: " + reason);
    }

    private void add(KubeProxyField field, Fate fate, String note) {
        String value = field.isSet() ? field.text() : "not set";
        report.add(new ImportedField(field.where(), field.name(), value, fate, note));
    }

    private static String names(Setting<?>... settings) {
        return Stream.<Setting<?>>of(settings).map(Setting::key).collect(Collectors.joining(", "));
    }

    Map<Setting<?>, Given> values() {
        return Map.copyOf(values);
    }

    List<ImportedField> report() {
        return List.copyOf(report);
    }

    List<String> mistakes() {
        return List.copyOf(mistakes);
    }
}
