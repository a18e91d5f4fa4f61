// SPDX-License-Identifier: Apache-2.0
/// The cluster as a directory of manifests says it, watched.
@NullMarked
package io.culvert.cluster.manifest;

import org.jspecify.annotations.NullMarked;
