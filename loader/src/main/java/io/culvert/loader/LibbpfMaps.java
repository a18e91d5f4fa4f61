// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// libbpf's `bpf_map_*` of bpf.h: one system call each, on a map descriptor.
final class LibbpfMaps {

    private static final MethodHandle CREATE = Libbpf.LIBRARY.function(
            "bpf_map_create",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle LOOKUP =
            Libbpf.LIBRARY.function("bpf_map_lookup_elem", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle UPDATE = Libbpf.LIBRARY.function(
            "bpf_map_update_elem", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
    private static final MethodHandle DELETE =
            Libbpf.LIBRARY.function("bpf_map_delete_elem", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
    private static final MethodHandle NEXT_KEY = Libbpf.LIBRARY.function(
            "bpf_map_get_next_key", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle LOOKUP_BATCH = Libbpf.LIBRARY.function(
            "bpf_map_lookup_batch",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle UPDATE_BATCH = Libbpf.LIBRARY.function(
            "bpf_map_update_batch", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle DELETE_BATCH = Libbpf.LIBRARY.function(
            "bpf_map_delete_batch", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS));
    private static final MethodHandle OPEN_BY_ID =
            Libbpf.LIBRARY.function("bpf_map_get_fd_by_id", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle FREEZE =
            Libbpf.LIBRARY.function("bpf_map_freeze", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private LibbpfMaps() {}

    /// `int bpf_map_create(enum bpf_map_type map_type, const char *map_name, __u32 key_size, __u32
    /// value_size, __u32 max_entries, const struct bpf_map_create_opts *opts);`
    static int create(int type, MemorySegment name, int keySize, int valueSize, int maxEntries, MemorySegment options) {
        try {
            return (int) CREATE.invokeExact(type, name, keySize, valueSize, maxEntries, options);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_map_lookup_elem(int fd, const void *key, void *value);`
    static int lookup(int fd, MemorySegment key, MemorySegment value) {
        try {
            return (int) LOOKUP.invokeExact(fd, key, value);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_map_update_elem(int fd, const void *key, const void *value, __u64 flags);`
    static int update(int fd, MemorySegment key, MemorySegment value, long flags) {
        try {
            return (int) UPDATE.invokeExact(fd, key, value, flags);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_map_delete_elem(int fd, const void *key);`
    static int delete(int fd, MemorySegment key) {
        try {
            return (int) DELETE.invokeExact(fd, key);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_map_get_next_key(int fd, const void *key, void *next_key);`
    static int nextKey(int fd, MemorySegment key, MemorySegment next) {
        try {
            return (int) NEXT_KEY.invokeExact(fd, key, next);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_map_lookup_batch(int fd, void *in_batch, void *out_batch, void *keys, void *values, __u32
    /// *count, const struct bpf_map_batch_opts *opts);`
    static int lookupBatch(
            int fd,
            MemorySegment in,
            MemorySegment out,
            MemorySegment keys,
            MemorySegment values,
            MemorySegment count,
            MemorySegment options) {
        try {
            return (int) LOOKUP_BATCH.invokeExact(fd, in, out, keys, values, count, options);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_map_update_batch(int fd, const void *keys, const void *values, __u32 *count, const struct
    /// bpf_map_batch_opts *opts);`
    static int updateBatch(
            int fd, MemorySegment keys, MemorySegment values, MemorySegment count, MemorySegment options) {
        try {
            return (int) UPDATE_BATCH.invokeExact(fd, keys, values, count, options);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_map_delete_batch(int fd, const void *keys, __u32 *count, const struct bpf_map_batch_opts
    /// *opts);`
    static int deleteBatch(int fd, MemorySegment keys, MemorySegment count, MemorySegment options) {
        try {
            return (int) DELETE_BATCH.invokeExact(fd, keys, count, options);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_map_get_fd_by_id(__u32 id);` The descriptor belongs to the caller.
    static int openById(int id) {
        try {
            return (int) OPEN_BY_ID.invokeExact(id);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }

    /// `int bpf_map_freeze(int fd);`
    static int freeze(int fd) {
        try {
            return (int) FREEZE.invokeExact(fd);
        } catch (Throwable t) {
            throw SharedLibrary.unexpected(t);
        }
    }
}
