// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.List;

/// A structure that libbpf or the kernel reads or writes, its fields by their C names. Each layout ends after
/// the last field that is used here: both sides take shorter structures than their own. A test compares the
/// offsets with those of the installed headers.
record CStruct(MemorySegment memory, StructLayout layout) {

    /// bpf/libbpf.h
    static final StructLayout OBJECT_OPEN_OPTS = struct("bpf_object_open_opts", size(), pointer("object_name"));

    /// bpf/bpf.h
    static final StructLayout MAP_CREATE_OPTS = struct(
            "bpf_map_create_opts",
            size(),
            u32("btf_fd"),
            u32("btf_key_type_id"),
            u32("btf_value_type_id"),
            u32("btf_vmlinux_value_type_id"),
            u32("inner_map_fd"),
            u32("map_flags"));

    /// bpf/bpf.h
    static final StructLayout MAP_BATCH_OPTS = struct("bpf_map_batch_opts", size(), u64("elem_flags"), u64("flags"));

    /// bpf/bpf.h
    static final StructLayout LINK_CREATE_OPTS = struct(
            "bpf_link_create_opts",
            size(),
            u32("flags"),
            padding(4),
            pointer("iter_info"),
            u32("iter_info_len"),
            u32("target_btf_id"));

    /// bpf/bpf.h
    static final StructLayout PROG_LOAD_OPTS =
            struct("bpf_prog_load_opts", size(), u32("attempts"), u32("expected_attach_type"));

    /// bpf/bpf.h
    static final StructLayout TEST_RUN_OPTS = struct(
            "bpf_test_run_opts",
            size(),
            pointer("data_in"),
            pointer("data_out"),
            u32("data_size_in"),
            u32("data_size_out"),
            pointer("ctx_in"),
            pointer("ctx_out"),
            u32("ctx_size_in"),
            u32("ctx_size_out"),
            u32("retval"),
            u32("repeat"),
            u32("duration"),
            u32("flags"),
            u32("cpu"),
            u32("batch_size"));

    /// bpf/libbpf.h
    static final StructLayout TC_HOOK =
            struct("bpf_tc_hook", size(), u32("ifindex"), u32("attach_point"), u32("parent"), padding(4));

    /// bpf/libbpf.h
    static final StructLayout TC_OPTS = struct(
            "bpf_tc_opts",
            size(),
            u32("prog_fd"),
            u32("flags"),
            u32("prog_id"),
            u32("handle"),
            u32("priority"),
            padding(4));

    /// bpf/libbpf.h
    static final StructLayout XDP_QUERY_OPTS = struct(
            "bpf_xdp_query_opts",
            size(),
            u32("prog_id"),
            u32("drv_prog_id"),
            u32("hw_prog_id"),
            u32("skb_prog_id"),
            JAVA_BYTE.withName("attach_mode"),
            padding(7));

    /// linux/bpf.h
    static final StructLayout PROG_INFO = struct(
            "bpf_prog_info",
            u32("type"),
            u32("id"),
            u64("tag"),
            u32("jited_prog_len"),
            u32("xlated_prog_len"),
            padding(40),
            MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("name"),
            padding(112),
            u64("run_time_ns"),
            u64("run_cnt"),
            u64("recursion_misses"),
            u32("verified_insns"),
            padding(4));

    /// linux/bpf.h
    static final StructLayout MAP_INFO = struct(
            "bpf_map_info",
            u32("type"),
            u32("id"),
            u32("key_size"),
            u32("value_size"),
            u32("max_entries"),
            u32("map_flags"),
            MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("name"),
            u32("ifindex"),
            padding(20),
            u32("btf_id"),
            u32("btf_key_type_id"),
            u32("btf_value_type_id"),
            padding(4));

    /// linux/bpf.h
    static final StructLayout BTF_INFO =
            struct("bpf_btf_info", u64("btf"), u32("btf_size"), u32("id"), u64("name"), u32("name_len"), padding(4));

    /// linux/bpf.h: what the union at offset 16 holds depends on the type
    static final StructLayout LINK_INFO = struct(
            "bpf_link_info",
            u32("type"),
            u32("id"),
            u32("prog_id"),
            padding(4),
            u64("cgroup.cgroup_id"),
            u32("cgroup.attach_type"),
            padding(4));

    static final List<StructLayout> LAYOUTS = List.of(
            OBJECT_OPEN_OPTS,
            MAP_CREATE_OPTS,
            MAP_BATCH_OPTS,
            LINK_CREATE_OPTS,
            PROG_LOAD_OPTS,
            TEST_RUN_OPTS,
            TC_HOOK,
            TC_OPTS,
            XDP_QUERY_OPTS,
            PROG_INFO,
            MAP_INFO,
            BTF_INFO,
            LINK_INFO);

    private static StructLayout struct(String name, MemoryLayout... fields) {
        return MemoryLayout.structLayout(fields).withName(name);
    }

    private static MemoryLayout size() {
        return JAVA_LONG.withName("sz");
    }

    private static MemoryLayout u32(String name) {
        return JAVA_INT.withName(name);
    }

    private static MemoryLayout u64(String name) {
        return JAVA_LONG.withName(name);
    }

    private static MemoryLayout pointer(String name) {
        return ADDRESS.withName(name);
    }

    private static MemoryLayout padding(long bytes) {
        return MemoryLayout.paddingLayout(bytes);
    }

    /// A zeroed structure. If it begins with its own size, as libbpf's options do, that is filled in.
    static CStruct allocate(Arena arena, StructLayout layout) {
        MemorySegment memory = arena.allocate(layout);
        if (layout.memberLayouts().getFirst().name().filter("sz"::equals).isPresent()) {
            memory.set(JAVA_LONG, 0, layout.byteSize());
        }
        return new CStruct(memory, layout);
    }

    long offset(String field) {
        return layout.byteOffset(PathElement.groupElement(field));
    }

    int getInt(String field) {
        return memory.get(JAVA_INT, offset(field));
    }

    long getLong(String field) {
        return memory.get(JAVA_LONG, offset(field));
    }

    byte getByte(String field) {
        return memory.get(JAVA_BYTE, offset(field));
    }

    /// A character array that ends with a zero.
    String getString(String field) {
        return memory.getString(offset(field));
    }

    CStruct set(String field, int value) {
        memory.set(JAVA_INT, offset(field), value);
        return this;
    }

    CStruct set(String field, long value) {
        memory.set(JAVA_LONG, offset(field), value);
        return this;
    }

    CStruct set(String field, MemorySegment pointer) {
        memory.set(ADDRESS, offset(field), pointer);
        return this;
    }
}
