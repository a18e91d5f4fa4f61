// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.policy.RuleId;
import java.util.List;
import java.util.stream.Stream;

/// All that a policy set says, by numbers that outlive a plan.
///
record SetContent(Frame frame, PeerPorts peers) {

    /// What must be equal for two contents to be one set.
    ///
    /// @param admin rules by rank
    /// @param allows rules by index
    /// @param baseline rules by rank
    record Frame(boolean isolated, List<RuleId> admin, List<RuleId> allows, List<RuleId> baseline) {

        List<RuleId> all() {
            return Stream.of(admin, allows, baseline).flatMap(List::stream).toList();
        }

        int rules() {
            return admin.size() + allows.size() + baseline.size();
        }
    }
}
