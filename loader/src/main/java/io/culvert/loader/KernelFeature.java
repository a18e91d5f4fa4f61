// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// What Culvert uses of the kernel. Each is found out by trying it, because distributions carry features back
/// to older kernels and leave others out. The versions are those of the first mainline kernel.
public enum KernelFeature {
    CGROUP_CONNECT("socket programs at connect", "Linux 4.17", true),
    CGROUP_SENDMSG("socket programs at sendmsg", "Linux 4.18", true),
    CGROUP_RECVMSG("socket programs at recvmsg", "Linux 5.2", true),
    CGROUP_GETPEERNAME("socket programs at getpeername", "Linux 5.8", true),
    SET_RETVAL("errors chosen by socket programs (bpf_set_retval)", "Linux 6.0", true),
    SK_STORAGE("socket-local storage in socket programs", "Linux 5.8", true),
    TC_PROGRAMS("tc programs", "Linux 4.1", true),
    TCX_LINK("tcx links", "Linux 6.6", false),
    REDIRECT_PEER("bpf_redirect_peer", "Linux 5.10", false),
    REDIRECT_NEIGH("bpf_redirect_neigh", "Linux 5.10", false),
    XDP_LINK("XDP links", "Linux 5.9", false),
    BATCH_OPERATIONS("batch map operations", "Linux 5.6", true),
    MMAPABLE_ARRAY("memory-mapped arrays", "Linux 5.5", true),
    RING_BUFFER("ring buffers", "Linux 5.8", true),
    TEST_RUN("test runs of programs", "Linux 4.12", false),
    BTF("type information (BTF) of programs and maps", "Linux 4.18", true),
    KERNEL_BTF("type information of the kernel itself", "CONFIG_DEBUG_INFO_BTF", false),
    RUN_TIME_STATISTICS("run-time statistics of programs", "Linux 5.8", false);

    private static final Map<KernelFeature, FeatureResult> KNOWN = new ConcurrentHashMap<>();

    private final String title;
    private final String needs;
    private final boolean required;

    KernelFeature(String title, String needs, boolean required) {
        this.title = title;
        this.needs = needs;
        this.required = required;
    }

    /// What people call it: `tcx links`.
    public String title() {
        return title;
    }

    /// What has it: `Linux 6.6`.
    public String needs() {
        return needs;
    }

    /// Whether Culvert cannot run without it.
    public boolean isRequired() {
        return required;
    }

    /// Tries the feature. Nothing remains in the kernel, and no interface or cgroup is touched. An answer is
    /// remembered, unless it is inconclusive.
    public FeatureResult probe() {
        FeatureResult known = KNOWN.get(this);
        if (known != null) {
            return known;
        }
        FeatureResult result = Probes.attempt(this).judge(needs);
        if (!(result instanceof FeatureResult.Inconclusive)) {
            KNOWN.put(this, result);
        }
        return result;
    }

    /// Tries all features, in the order of their declaration.
    public static Map<KernelFeature, FeatureResult> probeAll() {
        Map<KernelFeature, FeatureResult> results = new EnumMap<>(KernelFeature.class);
        for (KernelFeature feature : values()) {
            results.put(feature, feature.probe());
        }
        return results;
    }
}
