// SPDX-License-Identifier: Apache-2.0
/// Kubernetes API objects, from YAML or JSON text straight to Culvert's own records. Both sources read through here, so
/// that a rule about a field is written once; what they do about a bad entry differs ([BadEntries]).
@NullMarked
package io.culvert.cluster.decode;

import org.jspecify.annotations.NullMarked;
