// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.hubble;

import io.culvert.observability.api.flow.AgentEvent;
import io.culvert.observability.api.flow.AgentEventType;
import io.culvert.observability.api.flow.AgentEventUnknown;
import io.culvert.observability.api.observer.GetAgentEventsRequest;
import io.culvert.observability.api.observer.GetAgentEventsResponse;
import io.culvert.observability.names.NodeLabel;
import io.grpc.Status;
import java.time.Instant;
import java.util.List;

/// What the agent did, on its way to one observer; numbers and periods mean what they mean of flows.
final class AgentEventStream {

    private static final long PATIENCE = 1_000;

    private final AgentLog log;
    private final NodeLabel node;
    private final GetAgentEventsRequest request;
    private final Observation<GetAgentEventsResponse> observer;
    private final Instant since;
    private final Instant until;
    /// What was there when the call came.
    private final List<AgentLog.Entry> past;

    /// @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT if a time is none
    AgentEventStream(
            AgentLog log, NodeLabel node, GetAgentEventsRequest request, Observation<GetAgentEventsResponse> observer) {
        this.log = log;
        this.node = node;
        this.request = request;
        this.observer = observer;
        past = log.from(0);
        since = request.hasSince() ? FlowQuery.instant("since", request.getSince()) : Instant.MIN;
        until = request.hasUntil() ? FlowQuery.instant("until", request.getUntil()) : Instant.MAX;
        if (until.isBefore(since)) {
            throw Status.INVALID_ARGUMENT.withDescription(FlowQuery.BACKWARD).asRuntimeException();
        }
    }

    void run() throws InterruptedException {
        long next = past.isEmpty() ? 0 : past.getLast().number() + 1;
        send(chosen(past.stream().filter(this::isWanted).toList()));
        while (request.getFollow() && observer.awaitReady() && !Instant.now().isAfter(until)) {
            List<AgentLog.Entry> news = log.from(next);
            if (!news.isEmpty() && news.getFirst().number() > next) {
                observer.send(response(lost(news.getFirst().number() - next), Instant.now()));
            }
            send(news.stream().filter(this::isWanted).toList());
            next = news.isEmpty() ? next : news.getLast().number() + 1;
            log.await(next, PATIENCE);
        }
    }

    private List<AgentLog.Entry> chosen(List<AgentLog.Entry> wanted) {
        boolean news = request.getFollow() && request.getNumber() == 0 && !request.getFirst() && !request.hasSince();
        if (news) {
            return List.of();
        }
        int count = request.getNumber() == 0 || Long.compareUnsigned(request.getNumber(), wanted.size()) > 0
                ? wanted.size()
                : (int) request.getNumber();
        boolean all = request.getFirst() && request.getFollow();
        return request.getFirst()
                ? wanted.subList(0, all ? wanted.size() : count)
                : wanted.subList(wanted.size() - count, wanted.size());
    }

    private boolean isWanted(AgentLog.Entry entry) {
        return !entry.time().isBefore(since) && !entry.time().isAfter(until);
    }

    private void send(List<AgentLog.Entry> entries) throws InterruptedException {
        for (AgentLog.Entry entry : entries) {
            if (!observer.awaitReady()) {
                return;
            }
            observer.send(response(entry.event(), entry.time()));
        }
    }

    private GetAgentEventsResponse response(AgentEvent event, Instant time) {
        return GetAgentEventsResponse.newBuilder()
                .setAgentEvent(event)
                .setNodeName(node.text())
                .setTime(Timestamps.of(time))
                .build();
    }

    /// The API has no other word for what an observer was too slow for.
    private static AgentEvent lost(long count) {
        return AgentEvent.newBuilder()
                .setType(AgentEventType.AGENT_EVENT_UNKNOWN)
                .setUnknown(AgentEventUnknown.newBuilder()
                        .setType("LOST")
                        .setNotification(count + " events were overwritten before they could be sent"))
                .build();
    }
}
