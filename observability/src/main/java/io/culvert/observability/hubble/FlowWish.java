// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.observability.api.flow.Flow;
import io.culvert.observability.flow.RawFilter;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/// Which flows an observer wants, and what of them.
///
/// @param raw what can be told from numbers; it never refuses a flow that `flow` wants
/// @param flow the rest
/// @param shape leaves what was asked for
public record FlowWish(RawFilter raw, Predicate<Flow> flow, UnaryOperator<Flow> shape) {

    /// Everything.
    public static final FlowWish ALL = new FlowWish(RawFilter.ALL, _ -> true, UnaryOperator.identity());
}
