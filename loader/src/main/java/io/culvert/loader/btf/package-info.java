// SPDX-License-Identifier: Apache-2.0
/// Reads compiled eBPF objects without libbpf and without root: ELF sections and symbols, and BTF, the type information
/// that clang writes beside the code (kernel: Documentation/bpf/btf.rst). Input is never trusted: whatever the bytes
/// are, the result is a value that is consistent in itself or one [io.culvert.loader.btf.MalformedObjectException].
@NullMarked
package io.culvert.loader.btf;

import org.jspecify.annotations.NullMarked;
