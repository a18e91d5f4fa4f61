// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy;

import java.util.List;
import java.util.Map;

/// Identities by number.
interface NumberedIdentities {

    /// By number. 0 is what is no pod, and so is a number that is not used.
    List<Identity> numbered();

    /// Numbers by namespace, none of them empty.
    Map<String, List<Integer>> byNamespace();
}
