// SPDX-License-Identifier: Apache-2.0
/// A Kubernetes API server for tests: lists in pages, watches with bookmarks, and every trouble on demand.
@NullMarked
package io.culvert.testkit.fakeapi;

import org.jspecify.annotations.NullMarked;
