// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.print;

import io.culvert.observability.api.observer.GetAgentEventsResponse;
import io.culvert.observability.api.observer.GetFlowsResponse;
import io.culvert.observability.api.relay.NodeState;
import io.culvert.observability.api.relay.NodeStatusEvent;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Prints what an observer is sent. Losses and states of nodes go beside the result, except as JSON.
public final class ResponsePrinter {

    private final OutputFormat format;
    private final PrintOptions options;
    private final Consumer<String> notes;
    private final OutputFormat.Layout layout;
    private final Consumer<String> lines;

    /// @param lines takes the result, line by line
    /// @param notes takes what is told beside it
    public ResponsePrinter(OutputFormat format, PrintOptions options, Consumer<String> lines, Consumer<String> notes) {
        this.format = format;
        this.options = options;
        this.lines = lines;
        this.notes = notes;
        this.layout = format.layout(lines);
    }

    /// A flow, a loss, or what a relay says of nodes.
    public void print(GetFlowsResponse response) {
        if (format == OutputFormat.JSON) {
            lines.accept(HubbleJson.text(response));
            return;
        }
        switch (response.getResponseTypesCase()) {
            case FLOW -> layout.flow(FlowText.of(response.getFlow(), options), options);
            case LOST_EVENTS -> notes.accept(LossText.of(response.getLostEvents()));
            case NODE_STATUS -> printNodes(response.getNodeStatus());
            case RESPONSETYPES_NOT_SET -> {
                // Of a later version of the API.
            }
        }
    }

    /// Nodes that can be reached need no word.
    private void printNodes(NodeStatusEvent status) {
        if (status.getStateChange() == NodeState.NODE_ERROR || status.getStateChange() == NodeState.NODE_UNAVAILABLE) {
            String message = status.getMessage().isEmpty() ? "" : ": " + status.getMessage();
            notes.accept(Paint.harmless(
                    status.getStateChange() + " " + String.join(", ", status.getNodeNamesList()) + message));
        }
    }

    /// Something that the agent did.
    public void print(GetAgentEventsResponse response) {
        if (format == OutputFormat.JSON) {
            lines.accept(HubbleJson.text(response));
            return;
        }
        String node = Paint.harmless(response.getNodeName());
        List<String> keys = options.nodeName() ? List.of("TIMESTAMP", "NODE") : List.of("TIMESTAMP");
        String time = options.time().text(response.getTime());
        List<String> values = options.nodeName() ? List.of(time, node) : List.of(time);
        layout.event(
                Stream.concat(keys.stream(), Stream.of("TYPE", "DETAILS")).toList(),
                Stream.concat(
                                values.stream(),
                                Stream.of(
                                        response.getAgentEvent().getType().toString(),
                                        AgentEventText.details(response.getAgentEvent(), options)))
                        .toList());
    }

    /// There is no more.
    public void end() {
        layout.end();
    }
}
