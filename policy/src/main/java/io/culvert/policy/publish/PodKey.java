// SPDX-License-Identifier: Apache-2.0
package io.culvert.policy.publish;

import io.culvert.cluster.ObjectName;

/// A pod, not one of the same name that came after it.
record PodKey(ObjectName name, String uid) {}
