// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.policy.Identity;
import io.culvert.policy.RuleId;
import java.util.Map;

/// What the numbers in the maps mean.
///
/// @param epoch that is in force
/// @param identities their numbers in `ipcache`
/// @param rules their numbers in `rule_counters`; what is not a key is not counted
public record Publication(int epoch, Map<Identity, Integer> identities, Map<RuleId, Integer> rules) {

    /// Before anything was published.
    public static final Publication NOTHING = new Publication(0, Map.of(), Map.of());
}
