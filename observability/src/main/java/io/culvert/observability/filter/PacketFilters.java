// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import io.culvert.maps.event.EventFlag;
import io.culvert.maps.event.EventHook;
import io.culvert.maps.event.EventKind;
import io.culvert.maps.event.EventVerdict;
import io.culvert.maps.event.RawEvent;
import io.culvert.observability.api.flow.CiliumEventType;
import io.culvert.observability.api.flow.DropReason;
import io.culvert.observability.api.flow.EventTypeFilter;
import io.culvert.observability.api.flow.TrafficDirection;
import io.culvert.observability.api.flow.Verdict;
import io.culvert.observability.flow.RawFilter;
import io.culvert.observability.names.FlowUuid;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;

/// Fields of a filter about what was seen and what became of it.
final class PacketFilters {

    private PacketFilters() {}

    static Match uuid(List<String> values) {
        LongPredicate times = FlowUuid.times(values);
        return new Match(flow -> values.contains(flow.getUuid()), flow -> times.test(flow.time()));
    }

    static Match encrypted(List<Boolean> values) {
        return Match.alike(flow -> values.contains(flow.getIP().getEncrypted()), values.contains(false));
    }

    static Match verdict(List<Verdict> values) {
        Set<Verdict> wanted = EnumSet.copyOf(values);
        int bits = wanted.stream()
                .filter(verdict -> verdict != Verdict.UNRECOGNIZED)
                .mapToInt(verdict -> 1 << verdict.getNumber())
                .reduce(0, (a, b) -> a | b);
        return new Match(flow -> wanted.contains(flow.getVerdict()), flow -> (bits >>> flow.verdict() & 1) != 0);
    }

    private static boolean isDropped(RawEvent flow) {
        return flow.verdict() == EventVerdict.DROPPED.number();
    }

    static Match dropReason(List<DropReason> values) {
        Set<DropReason> wanted = EnumSet.copyOf(values);
        boolean unknown = wanted.contains(DropReason.DROP_REASON_UNKNOWN);
        return new Match(flow -> wanted.contains(flow.getDropReasonDesc()), flow -> unknown || isDropped(flow));
    }

    static Match direction(List<TrafficDirection> values) {
        Set<TrafficDirection> wanted = EnumSet.copyOf(values);
        boolean unknown = wanted.contains(TrafficDirection.TRAFFIC_DIRECTION_UNKNOWN);
        return new Match(
                flow -> wanted.contains(flow.getTrafficDirection()), flow -> unknown || hasDirection(flow, wanted));
    }

    /// Of the connection; of verdicts and drops, of the packet, and if it is no reply, these are the same.
    private static boolean hasDirection(RawEvent flow, Set<TrafficDirection> wanted) {
        int hook = flow.hook();
        if (hook == EventHook.FROM_NETWORK.number() || hook == EventHook.TO_NETWORK.number()) {
            return false;
        }
        boolean leaves = hook == EventHook.FROM_POD.number() || hook == EventHook.SOCKET.number();
        return flow.has(EventFlag.IS_REPLY)
                || wanted.contains(leaves ? TrafficDirection.EGRESS : TrafficDirection.INGRESS);
    }

    static Match type(List<EventTypeFilter> values) {
        Set<EventKind> kinds = EnumSet.allOf(EventKind.class);
        kinds.removeIf(
                kind -> values.stream().noneMatch(value -> value.getType() == 0 || value.getType() == type(kind)));
        return new Match(
                flow -> flow.hasEventType() && values.stream().anyMatch(value -> isOfType(flow.getEventType(), value)),
                RawFilter.kinds(kinds));
    }

    /// What messages of Hubble's datapath are numbered.
    private static int type(EventKind kind) {
        return switch (kind) {
            case DROP -> 1;
            case TRACE, CLOSE, LOST -> 4;
            case VERDICT -> 5;
            case SOCKET -> 7;
        };
    }

    private static boolean isOfType(CiliumEventType type, EventTypeFilter value) {
        return (value.getType() == 0 || value.getType() == type.getType())
                && (!value.getMatchSubType() || value.getSubType() == type.getSubType());
    }

    /// Of a drop it is not told; that counts as none, as Hubble has it.
    static Match reply(List<Boolean> values) {
        boolean replies = values.contains(true);
        boolean others = values.contains(false);
        return new Match(
                flow -> (flow.hasIsReply() || flow.getVerdict() == Verdict.DROPPED)
                        && (flow.getIsReply().getValue() ? replies : others),
                flow -> flow.has(EventFlag.IS_REPLY) ? replies || (others && isDropped(flow)) : others);
    }
}
