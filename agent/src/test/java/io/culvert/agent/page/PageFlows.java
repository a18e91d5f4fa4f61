// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.page;

import io.culvert.agent.view.FrontendRow;
import io.culvert.maps.DropReason;
import io.culvert.maps.IpPort;
import io.culvert.maps.event.Event;
import io.culvert.maps.event.EventDetail;
import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.net.IpAddress;
import io.culvert.net.IpFamily;
import io.culvert.observability.flow.FlowStore;
import io.culvert.observability.flow.WallClock;
import io.culvert.observability.names.FlowNames;
import io.culvert.observability.names.NodeLabel;
import io.culvert.observability.names.Party;
import io.culvert.observability.names.PolicyName;
import io.culvert.observability.names.PolicyRule;
import io.culvert.observability.names.RuleMatch;
import io.culvert.observability.names.ServiceName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A small shop: `shop/web-1` asks the Service `shop/db`, behind which is `shop/db-0`, and may not ask `shop/vault`.
final class PageFlows implements PageSource, FlowNames, AutoCloseable {

    static final String WEB = "10.1.0.2";
    static final String DB = "10.1.0.3";
    static final String VAULT = "10.1.0.4";
    static final String OUTSIDE = "203.0.113.9";
    static final String DB_SERVICE = "10.96.0.10";

    private static final int INDEX = 3;
    private static final int RULE = 9;
    private static final int SYN = 2;
    private static final int FIN_ACK = 17;
    private static final Set<EventFlag> TO_SERVICE = Set.of(EventFlag.DIRECTED, EventFlag.ADDRESSED, EventFlag.SERVICE);

    final Map<String, Party> parties = new HashMap<>();
    final List<FrontendRow> services = new ArrayList<>();
    String service = "db";
    boolean ready = true;
    long ringLost;
    private final FlowStore store;

    PageFlows(int capacity) {
        store = new FlowStore(capacity);
        pod(WEB, "web-1", "web");
        pod(DB, "db-0", "db");
        pod(VAULT, "vault-0", "vault");
    }

    void pod(String address, String name, String deployment) {
        parties.put(
                address,
                new Party(300, "shop", name, List.of(), List.of(new Party.Workload("Deployment", deployment))));
    }

    /// web-1 connects to the Service.
    void connects() {
        add(event(EventKind.TRACE, EventVerdict.FORWARDED, DB_SERVICE, DB, TO_SERVICE, SYN, 0, EventDetail.NONE));
    }

    /// ... and is done after so many bytes.
    void ends(long bytes) {
        EventDetail totals = new EventDetail(bytes, bytes, 0, 0);
        add(event(EventKind.CLOSE, EventVerdict.FORWARDED, DB_SERVICE, DB, TO_SERVICE, FIN_ACK, 0, totals));
    }

    /// web-1 is kept from the vault by a policy.
    void denied() {
        add(event(
                EventKind.VERDICT,
                EventVerdict.DROPPED,
                VAULT,
                VAULT,
                Set.of(EventFlag.DIRECTED),
                SYN,
                DropReason.POLICY_DENIED.number(),
                EventDetail.NONE));
    }

    /// web-1 asks somebody outside.
    void leaves() {
        asks(OUTSIDE);
    }

    /// web-1 connects to an address.
    void asks(String address) {
        add(event(
                EventKind.TRACE,
                EventVerdict.FORWARDED,
                address,
                address,
                Set.of(EventFlag.DIRECTED),
                SYN,
                0,
                EventDetail.NONE));
    }

    /// The ring had no room for so many events.
    void ringOverran(long count) {
        add(event(
                EventKind.LOST,
                EventVerdict.DROPPED,
                "0.0.0.0",
                "0.0.0.0",
                Set.of(),
                0,
                0,
                new EventDetail(count, 0, 0, 0)));
    }

    private void add(Event event) {
        store.add(event);
        store.publish();
    }

    static Event event(
            EventKind kind,
            EventVerdict verdict,
            String dialled,
            String backend,
            Set<EventFlag> flags,
            int tcpFlags,
            int reason,
            EventDetail detail) {
        return new Event(
                System.nanoTime(),
                new IpPort(IpAddress.of(WEB), 40000),
                new IpPort(IpAddress.of(dialled), 5432),
                new IpPort(IpAddress.of(backend), 5432),
                kind,
                verdict,
                1,
                INDEX,
                300,
                300,
                reason == 0 ? 0 : RULE,
                60,
                flags,
                6,
                reason,
                EventHook.FROM_POD,
                tcpFlags,
                0,
                0,
                detail);
    }

    FlowStore store() {
        return store;
    }

    @Override
    public String nodeName() {
        return "n1";
    }

    @Override
    public Optional<Live> live() {
        return ready ? Optional.of(new Live(store, this, WallClock.ofSystem(), () -> ringLost)) : Optional.empty();
    }

    @Override
    public List<FrontendRow> services() {
        return services;
    }

    @Override
    public NodeLabel node() {
        return new NodeLabel("default", "n1", "1");
    }

    @Override
    public List<String> nodeLabels() {
        return List.of();
    }

    @Override
    public Party party(IpAddress address, int identity) {
        return parties.getOrDefault(address.toString(), Party.Reserved.WORLD.party());
    }

    @Override
    public Optional<Party> ofCgroup(long cgroup) {
        return Optional.ofNullable(parties.get(WEB)).filter(_ -> cgroup == 77);
    }

    @Override
    public Optional<ServiceName> service(int index) {
        return index == INDEX ? Optional.of(new ServiceName("shop", service)) : Optional.empty();
    }

    @Override
    public Optional<ServiceName> frontend(IpPort frontend, int protocol) {
        return frontend.address().equals(IpAddress.of(DB_SERVICE)) ? service(INDEX) : Optional.empty();
    }

    @Override
    public boolean hasFrontends(IpAddress address) {
        return address.equals(IpAddress.of(DB_SERVICE));
    }

    @Override
    public Optional<IpAddress> addressOfCgroup(long cgroup, IpFamily family) {
        return Optional.empty();
    }

    @Override
    public Optional<PolicyRule> rule(int rule) {
        return rule == RULE
                ? Optional.of(
                        new PolicyRule(new PolicyName("NetworkPolicy", "shop", "vault-is-closed"), RuleMatch.PEER, 1))
                : Optional.empty();
    }

    @Override
    public Optional<String> networkInterface(int ifindex) {
        return Optional.empty();
    }

    @Override
    public void close() {
        store.close();
    }
}
