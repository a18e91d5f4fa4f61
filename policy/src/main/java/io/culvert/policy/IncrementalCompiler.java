// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import io.culvert.cluster.policy.PolicyChanges;
import io.culvert.cluster.policy.PolicyState;
import org.jspecify.annotations.Nullable;

/// Makes the plans that [PolicyCompiler] makes, each from the one before and what changed: the same tables, with other
/// numbers. What did not change is not made again. Not for use by several threads.
public final class IncrementalCompiler {

    private final String nodeName;
    private PolicyState state = PolicyState.EMPTY;
    private @Nullable Compilation compilation;

    /// @param nodeName of the node whose pods policies are enforced at
    public IncrementalCompiler(String nodeName) {
        this.nodeName = nodeName;
    }

    /// The plan of a state.
    ///
    /// @param changes what is different from the state of the last call; more than that does no harm
    public PolicyPlan compile(PolicyState next, PolicyChanges changes) {
        @Nullable Compilation begun = changes.everything() ? null : compilation;
        // Should anything be thrown, the next call begins anew.
        compilation = null;
        if (begun == null || begun.wasteful()) {
            begun = new Compilation(nodeName, next);
        } else {
            begun.update(state, next, changes);
        }
        PolicyPlan plan = begun.plan();
        compilation = begun;
        state = next;
        return plan;
    }
}
