// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static io.culvert.loader.internal.CFunction.pointer;

import io.culvert.loader.internal.CFunction;
import java.lang.foreign.MemorySegment;

/// libbpf's `bpf_map_*` of bpf.h: one system call each, on a map descriptor.
final class LibbpfMaps {

    private static final CFunction CREATE = Libbpf.LIBRARY.function("bpf_map_create");
    private static final CFunction LOOKUP = Libbpf.LIBRARY.function("bpf_map_lookup_elem");
    private static final CFunction UPDATE = Libbpf.LIBRARY.function("bpf_map_update_elem");
    private static final CFunction TAKE = Libbpf.LIBRARY.function("bpf_map_lookup_and_delete_elem");
    private static final CFunction DELETE = Libbpf.LIBRARY.function("bpf_map_delete_elem");
    private static final CFunction NEXT_KEY = Libbpf.LIBRARY.function("bpf_map_get_next_key");
    private static final CFunction LOOKUP_BATCH = Libbpf.LIBRARY.function("bpf_map_lookup_batch");
    private static final CFunction UPDATE_BATCH = Libbpf.LIBRARY.function("bpf_map_update_batch");
    private static final CFunction DELETE_BATCH = Libbpf.LIBRARY.function("bpf_map_delete_batch");
    private static final CFunction OPEN_BY_ID = Libbpf.LIBRARY.function("bpf_map_get_fd_by_id");
    private static final CFunction OPEN_BTF_BY_ID = Libbpf.LIBRARY.function("bpf_btf_get_fd_by_id");
    private static final CFunction FREEZE = Libbpf.LIBRARY.function("bpf_map_freeze");

    private LibbpfMaps() {}

    /// `int bpf_map_create(enum bpf_map_type map_type, const char *map_name, __u32 key_size, __u32
    /// value_size, __u32 max_entries, const struct bpf_map_create_opts *opts);`
    static int create(int type, MemorySegment name, int keySize, int valueSize, int maxEntries, MemorySegment options) {
        return (int) CREATE.call(type, pointer(name), keySize, valueSize, maxEntries, pointer(options));
    }

    /// `int bpf_map_lookup_elem(int fd, const void *key, void *value);`
    static int lookup(int fd, MemorySegment key, MemorySegment value) {
        return (int) LOOKUP.call(fd, pointer(key), pointer(value));
    }

    /// `int bpf_map_update_elem(int fd, const void *key, const void *value, __u64 flags);`
    static int update(int fd, MemorySegment key, MemorySegment value, long flags) {
        return (int) UPDATE.call(fd, pointer(key), pointer(value), flags);
    }

    /// `int bpf_map_delete_elem(int fd, const void *key);`
    static int delete(int fd, MemorySegment key) {
        return (int) DELETE.call(fd, pointer(key));
    }

    /// `int bpf_map_lookup_and_delete_elem(int fd, const void *key, void *value);`
    static int take(int fd, MemorySegment key, MemorySegment value) {
        return (int) TAKE.call(fd, pointer(key), pointer(value));
    }

    /// `int bpf_map_get_next_key(int fd, const void *key, void *next_key);`
    static int nextKey(int fd, MemorySegment key, MemorySegment next) {
        return (int) NEXT_KEY.call(fd, pointer(key), pointer(next));
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
        return (int) LOOKUP_BATCH.call(
                fd, pointer(in), pointer(out), pointer(keys), pointer(values), pointer(count), pointer(options));
    }

    /// `int bpf_map_update_batch(int fd, const void *keys, const void *values, __u32 *count, const struct
    /// bpf_map_batch_opts *opts);`
    static int updateBatch(
            int fd, MemorySegment keys, MemorySegment values, MemorySegment count, MemorySegment options) {
        return (int) UPDATE_BATCH.call(fd, pointer(keys), pointer(values), pointer(count), pointer(options));
    }

    /// `int bpf_map_delete_batch(int fd, const void *keys, __u32 *count, const struct bpf_map_batch_opts
    /// *opts);`
    static int deleteBatch(int fd, MemorySegment keys, MemorySegment count, MemorySegment options) {
        return (int) DELETE_BATCH.call(fd, pointer(keys), pointer(count), pointer(options));
    }

    /// `int bpf_map_get_fd_by_id(__u32 id);` The descriptor belongs to the caller.
    static int openById(int id) {
        return (int) OPEN_BY_ID.call(id);
    }

    /// `int bpf_btf_get_fd_by_id(__u32 id);` The descriptor belongs to the caller.
    static int openBtfById(int id) {
        return (int) OPEN_BTF_BY_ID.call(id);
    }

    /// `int bpf_map_freeze(int fd);`
    static int freeze(int fd) {
        return (int) FREEZE.call(fd);
    }
}
