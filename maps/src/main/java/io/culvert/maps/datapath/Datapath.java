// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import io.culvert.loader.BpfMap;
import io.culvert.loader.BpfObject;
import io.culvert.loader.PinDirectory;
import io.culvert.loader.RunningPrograms;
import io.culvert.maps.BackendIds;
import io.culvert.maps.ExtentStore;
import io.culvert.maps.MapCatalogue;
import io.culvert.maps.Quarantine;
import io.culvert.maps.Tables;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The programs and maps of one node in the kernel, pinned below one directory. Whoever opens it takes over what is
/// there; closing leaves everything running. See `docs/maps.md` for the steps and what a crash between them leaves.
///
/// One process at a time has it open. Within it, the methods are safe for use by several threads.
public final class Datapath implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Datapath.class);

    private final PinDirectory pins;
    private final PinnedMaps pinnedMaps;
    private final Map<String, BpfMap> maps;
    private final MapCatalogue catalogue;
    private final ControlEntry control;
    private final Links links;
    private final ExtentStore extents;
    private final BackendIds backendIds;
    private final PolicyPrograms policies;
    private final CountedSockets countedSockets;
    private final XdpPrograms xdp;
    private final FastPath fastPath;
    private final FlowReaper reaper = new FlowReaper(this::loadReaper);
    private final FailedGrowth failedGrowth = new FailedGrowth();
    private DatapathConfig config;
    private ProgramSet programs;

    private Datapath(
            DatapathConfig config,
            PinDirectory pins,
            PinnedMaps pinnedMaps,
            Map<String, BpfMap> maps,
            ProgramSet programs) {
        this.config = config;
        this.pins = pins;
        this.pinnedMaps = pinnedMaps;
        this.maps = maps;
        this.programs = programs;
        this.links = new Links(pins);
        this.catalogue = new MapCatalogue(maps, this::grow);
        this.control = new ControlEntry(catalogue);
        this.extents = new ExtentStore(
                catalogue.services().memory(), catalogue.slots().memory(), Quarantine.STANDARD, this::grow);
        this.backendIds = new BackendIds(catalogue.backends().memory(), Quarantine.STANDARD, this::grow);
        this.countedSockets = new CountedSockets(links, config.objects(), maps, this, () -> this.programs);
        var policyTails = new ProgramSlots(map(Tables.POLICY_TAILS.name()));
        this.fastPath = new FastPath(
                new ProgramSlots(map(Tables.FAST_TAILS.name())), policyTails, control, this, () -> this.programs);
        this.policies =
                new PolicyPrograms(policyTails, this, () -> with(MorePrograms.POLICY), fastPath, catalogue.policies());
        this.xdp = new XdpPrograms(links, catalogue, map(Tables.XDP_TARGETS.name()), this, this::with);
    }

    /// Loads the programs against the maps that are pinned, makes and pins those that are missing, and puts the
    /// programs in place of those that earlier processes attached. Maps of an earlier layout are converted.
    ///
    /// @throws ForeignLayoutException if maps are pinned that cannot be converted; nothing was touched
    /// @throws io.culvert.maps.layout.LayoutMismatchException if an object has other structs than this agent
    /// @throws io.culvert.loader.BpfException if the kernel refuses, or the directory is on no bpf file system
    public static Datapath open(DatapathConfig config) {
        PinDirectory.existing(config.bpffs());
        var pinnedMaps = new PinnedMaps(config.bpffs());
        LayoutMigration migration = LayoutMigration.of(config.bpffs(), pinnedMaps.open());
        Map<String, BpfMap> maps = new HashMap<>(migration.kept());
        PinDirectory pins = PinDirectory.open(config.bpffs());
        pinnedMaps.removeLeftOvers();
        Set<MorePrograms> more = EnumSet.noneOf(MorePrograms.class);
        if (PolicyPrograms.areIn(maps)) {
            more.add(MorePrograms.POLICY);
        }
        more.addAll(XdpPrograms.in(pins));
        ProgramSet programs = ProgramSet.load(config, maps, migration.sizes(config.entries()), more);
        maps.putAll(programs.created());
        pinnedMaps.pin(migration.copy(programs.created(), pinnedMaps));
        var datapath = new Datapath(config, pins, pinnedMaps, maps, programs);
        datapath.adopt();
        migration.finish(pinnedMaps);
        return datapath;
    }

    private void adopt() {
        links.adopt(programs);
        policies.replace(programs);
        fastPath.replace(programs);
        extents.corrupt().forEach(corrupt -> LOG.warn("do not trust {}", corrupt));
        int repaired = backendIds.adopt(extents.takeFoundIds());
        if (repaired > 0) {
            LOG.info("put {} entries of map backends right, which an earlier process left half done", repaired);
        }
        Sizes.fixed(config.entries(), maps).forEach(LOG::warn);
        ensure(config.entries());
    }

    /// The maps.
    public MapCatalogue maps() {
        return catalogue;
    }

    /// The published extents, as found and as this process changes them.
    public ExtentStore extents() {
        return extents;
    }

    /// The ids of backends; those in extents that were found are taken over.
    public BackendIds backendIds() {
        return backendIds;
    }

    /// How full each map is that can fill up, but for `flows`, of which only the collector's pass knows. Costs a pass
    /// through hashes and nothing for arrays.
    public List<MapUse> use() {
        return MapUse.of(catalogue, extents.usage(), backendIds);
    }

    /// Attaches the socket programs to a cgroup and everything below it, and takes them off any other cgroup. Does
    /// nothing where they are attached already.
    ///
    /// @param cgroup a directory of a cgroup2 file system
    public synchronized void attachSockets(Path cgroup) {
        attachSockets(cgroup, Set.of());
    }

    /// The same, and programs that not every node has; others of these are taken off.
    public synchronized void attachSockets(Path cgroup, Set<SocketPrograms> more) {
        links.attachSockets(cgroup, more, programs);
    }

    /// Takes the socket programs off their cgroup. Sockets that were translated stay so; replies to UDP sockets among
    /// them are not translated back any more.
    public synchronized void detachSockets() {
        links.detachSockets();
    }

    /// Attaches the packet programs to the host side of a pod's interface. Does nothing where they are attached
    /// already.
    ///
    /// @param ifindex index of the interface in this network namespace
    public synchronized void attachPod(int ifindex) {
        links.attachPod(ifindex, programs);
    }

    /// Takes the packet programs off an interface; it may be gone.
    public synchronized void detachPod(int ifindex) {
        links.detach(name -> name.isPod() && name.target() == ifindex);
    }

    /// Takes the packet programs off all interfaces but these: those of pods that went while no agent ran.
    public synchronized void retainPods(Set<Integer> ifindexes) {
        links.detach(name -> name.isPod() && !ifindexes.contains((int) name.target()));
    }

    /// Attaches the packet programs for north-south traffic to a device of the node, by its index in this network
    /// namespace. Does nothing where they are attached already.
    public synchronized void attachNode(int ifindex) {
        links.attachNode(ifindex, programs);
    }

    /// Takes those programs off all devices but these.
    public synchronized void retainNodes(Set<Integer> ifindexes) {
        links.detach(name -> name.isNode() && !ifindexes.contains((int) name.target()));
    }

    /// Indexes of the devices with programs for north-south traffic.
    public synchronized Set<Integer> nodes() {
        return links.targets(LinkName::isNode);
    }

    /// Indexes of the interfaces with packet programs.
    public synchronized Set<Integer> pods() {
        return links.targets(LinkName::isPod);
    }

    /// What is attached, for people, by name of its pin.
    public synchronized Map<String, String> attachments() {
        return links.described();
    }

    /// Compares what is on the hooks with what was attached; with `repair`, puts it right.
    public synchronized LinkReport auditLinks(boolean repair) {
        return links.audit(repair, programs);
    }

    /// The programs of policies, which those of pods ask or not.
    public PolicyPrograms policies() {
        return policies;
    }

    /// What counts the sockets that are open to each backend.
    public CountedSockets countedSockets() {
        return countedSockets;
    }

    /// The program on devices of the node before the stack.
    public XdpPrograms xdp() {
        return xdp;
    }

    /// The way past the stack between pods of this node.
    public FastPath fastPath() {
        return fastPath;
    }

    /// What would become of a packet that opens a connection, as the code of the programs decides it on their maps.
    /// Nothing is written. The program that answers is loaded for it.
    ///
    /// @throws io.culvert.loader.BpfException if the kernel refuses
    public synchronized ServiceAnswer ask(ServiceQuestion question) {
        try (BpfObject explanation = ProgramSet.loadAlone("explain", config, maps)) {
            return question.ask(explanation.program("service_probe"));
        }
    }

    /// What removes expired connections from the flow table.
    public FlowReaper reaper() {
        return reaper;
    }

    private synchronized BpfObject loadReaper() {
        return ProgramSet.loadAlone(FlowReaper.OBJECT, config, maps);
    }

    /// What programs look up beside the tables: ranges of addresses, cgroups that opted out.
    public ControlEntry control() {
        return control;
    }

    /// Puts programs with other settings in place of those that run. If the kernel refuses, the previous ones stay.
    public synchronized void configure(DatapathSettings settings) {
        if (settings.equals(config.settings())) {
            return;
        }
        DatapathConfig other = config.withSettings(settings);
        ProgramSet next = ProgramSet.load(other, maps, Map.of(), programs.more());
        try {
            exchange(next);
        } catch (RuntimeException e) {
            next.close();
            throw e;
        }
        config = other;
        reaper.reload();
    }

    /// Returns when no program runs any more that read the maps before this was called.
    public void awaitPrograms() {
        RunningPrograms.await();
    }

    /// Makes room at once for what is about to be written, instead of growing map after map. Call it from the
    /// thread that writes.
    ///
    /// @param entries wanted by map; what is large enough, or cannot grow, stays as it is
    /// @throws io.culvert.maps.MapFullException if a map may not become that large; nothing has changed then
    public void ensure(Map<String, Integer> entries) {
        // The order in which a writer that needs room takes the locks: its own, then this.
        synchronized (extents) {
            synchronized (backendIds) {
                synchronized (catalogue.frontends()) {
                    synchronized (catalogue.optedOut()) {
                        growTo(entries);
                    }
                }
            }
        }
    }

    private void grow(String map, int entries) {
        failedGrowth.attempt(() -> growTo(Map.of(map, entries)));
    }

    private synchronized void growTo(Map<String, Integer> wanted) {
        Map<String, Integer> present = new HashMap<>();
        maps.forEach((name, map) -> present.put(name, map.info().maxEntries()));
        Map<String, Integer> sizes = Sizes.larger(wanted, present, config.entries());
        if (sizes.isEmpty()) {
            return;
        }
        Map<String, BpfMap> kept = new HashMap<>(maps);
        kept.keySet().removeAll(sizes.keySet());
        ProgramSet next = ProgramSet.load(config, kept, sizes, programs.more());
        Map<String, BpfMap> larger = next.created();
        try {
            larger.forEach((name, map) -> MapCopy.copy(map(name), map));
            pinnedMaps.stage(larger);
            exchange(next);
        } catch (RuntimeException e) {
            larger.values().forEach(BpfMap::close);
            next.close();
            pinnedMaps.removeLeftOvers(e);
            throw e;
        }
        pinnedMaps.commit(larger.keySet());
        larger.forEach((name, map) -> {
            catalogue.replace(name, map);
            maps.put(name, map);
        });
        reaper.reload();
        LOG.info("grew maps to {} entries", sizes);
    }

    private BpfMap map(String name) {
        return Optional.ofNullable(maps.get(name))
                .orElseThrow(() -> new IllegalStateException("no program uses a map " + name));
    }

    private ProgramSet with(MorePrograms more) {
        if (!programs.has(more)) {
            programs.load(more, config, maps);
            fastPath.replace(programs);
        }
        return programs;
    }

    /// Changes the programs of every link; on failure the present ones stay.
    private void exchange(ProgramSet next) {
        links.replaceAll(next, programs);
        try {
            policies.replace(next);
            fastPath.replace(next);
        } catch (RuntimeException e) {
            policies.replace(programs);
            links.replaceAll(programs, next);
            throw e;
        }
        programs.close();
        programs = next;
    }

    /// Lets go of everything; programs, links and maps stay in the kernel.
    @Override
    public void close() {
        // Before the lock, which a pass asks for.
        reaper.close();
        closeRest();
    }

    private synchronized void closeRest() {
        links.close();
        programs.close();
        catalogue.close();
        LOG.debug("left the datapath in {} running", pins.root());
    }
}
