// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

import io.culvert.maps.layout.CTypes;

/// The maps of policies. Most have two sides, of which [PolicyControl#side] holds.
public final class PolicyTables {

    private final MapCatalogue catalogue;

    PolicyTables(MapCatalogue catalogue) {
        this.catalogue = catalogue;
    }

    /// One entry, at index 0.
    public MappedArray<PolicyControl> control() {
        return catalogue.array(Tables.POLICY_CONTROL);
    }

    /// Publishes: whoever sees this epoch sees what this process wrote before. See [PolicyControl#epoch].
    public void publish(int epoch) {
        ArrayMemory.View view = control().memory().view();
        PolicyControl.EPOCH.setRelease(view.memory(), view.offset(0), epoch);
    }

    /// Sets [PolicyControl#flags] but for [PolicyControl#ENFORCED], which says what programs are in place.
    public void flags(int flags) {
        change(flags & ~PolicyControl.ENFORCED, PolicyControl.ENFORCED);
    }

    /// Sets [PolicyControl#ENFORCED].
    public void enforced(boolean on) {
        change(on ? PolicyControl.ENFORCED : 0, ~PolicyControl.ENFORCED);
    }

    private void change(int flags, int keep) {
        ArrayMemory.View view = control().memory().view();
        long offset = view.offset(0);
        int before;
        do {
            before = (int) PolicyControl.FLAGS.getVolatile(view.memory(), offset);
        } while (!PolicyControl.FLAGS.compareAndSet(view.memory(), offset, before, (before & keep) | flags));
    }

    public BpfHashMap<EndpointKey, Endpoint> endpoints() {
        return catalogue.hash(Tables.ENDPOINTS);
    }

    public BpfHashMap<AddressKey, IpcacheEntry> ipcache() {
        return catalogue.hash(Tables.IPCACHE);
    }

    public BpfHashMap<PolicyCidrKey, Integer> cidrs() {
        return catalogue.hash(Tables.POLICY_CIDRS);
    }

    public BpfHashMap<PolicyCidrKey, Integer> hosts() {
        return catalogue.hash(Tables.POLICY_HOSTS);
    }

    public MappedArray<PolicyBlock> blocks() {
        return catalogue.array(Tables.POLICY_BLOCKS);
    }

    /// Writes words of one side, 0 or 1, from an entry of [#blocks] on; those of the other side stay.
    ///
    /// @throws IndexOutOfBoundsException if there are not so many entries
    public void writeBlocks(int side, int first, int[] words) {
        ArrayMemory.View view = blocks().memory().view();
        for (int i = 0; i < words.length; i++) {
            view.memory().set(CTypes.U32, view.offset(first + i) + (long) side * Integer.BYTES, words[i]);
        }
    }

    public BpfHashMap<PolicyCidrKey, Integer> prefixes() {
        return catalogue.hash(Tables.POLICY_PREFIXES);
    }

    /// [PolicyLength#ENTRIES] of side 0, then those of side 1.
    public MappedArray<PolicyLength> lengths() {
        return catalogue.array(Tables.POLICY_LENGTHS);
    }

    public MappedArray<PolicySetEntry> sets() {
        return catalogue.array(Tables.POLICY_SETS);
    }

    public BpfHashMap<PolicyPeerKey, PolicyPorts> peers() {
        return catalogue.hash(Tables.POLICY_PEERS);
    }

    public MappedArray<PolicyStep> steps() {
        return catalogue.array(Tables.POLICY_STEPS);
    }

    /// Words: see [PolicyPorts#INDEX_STEP].
    public MappedArray<Integer> index() {
        return catalogue.array(Tables.POLICY_INDEX);
    }

    /// Numbers of rules: see [Tables#POLICY_RULES].
    public MappedArray<Integer> rules() {
        return catalogue.array(Tables.POLICY_RULES);
    }

    /// By number of a rule.
    public PerCpuArray<PacketCount> counters() {
        return catalogue.perCpuArray(Tables.RULE_COUNTERS);
    }

    public BpfHashMap<ConnectionKey, PolicyFlow> flows() {
        return catalogue.hash(Tables.POLICY_FLOWS);
    }

    public MappedArray<PolicyConnection> tcp() {
        return catalogue.array(Tables.POLICY_TCP);
    }

    public BpfHashMap<FragmentKey, Fragment> fragments() {
        return catalogue.hash(Tables.POLICY_FRAGMENTS);
    }
}
