// SPDX-License-Identifier: Apache-2.0
/// The cluster as its API server says it. The only package that knows fabric8, and only its configuration, credentials
/// and HTTP client: objects are read from JSON straight into our own records.
@NullMarked
package io.culvert.cluster.kubernetes;

import org.jspecify.annotations.NullMarked;
