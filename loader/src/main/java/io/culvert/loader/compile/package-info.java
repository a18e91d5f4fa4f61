// SPDX-License-Identifier: Apache-2.0
/// Compiles eBPF programs from C on the node, with the same flags as `bpf/compile` at build time.
@NullMarked
package io.culvert.loader.compile;

import org.jspecify.annotations.NullMarked;
