// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.config;

import java.nio.file.Path;
import java.util.List;

/// Settings of the table [Setting] about flows in files.
public final class ExportSettings {

    public static final Setting<Path> PATH = Setting.used(
            "flow-export-path", SettingTypes.FILE, "", "flows are appended to this file, a JSON object in each line");
    public static final Setting<Integer> MAX_SIZE = Setting.used(
            "flow-export-max-size-mb", SettingTypes.count(1, 1 << 20), "10", "how large that file becomes, in MiB");
    public static final Setting<Integer> BACKUPS = Setting.used(
            "flow-export-backups", SettingTypes.count(0, 1 << 10), "5", "how many files before it are kept");
    public static final Setting<Boolean> COMPRESS = Setting.used(
            "flow-export-compress", SettingTypes.SWITCH, "false", "whether those are compressed with gzip");
    public static final Setting<String> ALLOW = Setting.used(
            "flow-export-allow",
            SettingTypes.FLOW_FILTERS,
            "",
            "which flows: a FlowFilter in JSON, or an array of them; else all");
    public static final Setting<String> DENY = Setting.used(
            "flow-export-deny", SettingTypes.FLOW_FILTERS, "", "which flows are left out, in the same form");
    public static final Setting<List<String>> FIELD_MASK = Setting.used(
            "flow-export-field-mask",
            SettingTypes.FIELDS,
            "",
            "what is written of each flow, such as time,verdict,source.pod_name; else everything");

    private ExportSettings() {}

    /// Makes them part of the table.
    static void register() {
        // They are, once this class is initialized.
    }
}
