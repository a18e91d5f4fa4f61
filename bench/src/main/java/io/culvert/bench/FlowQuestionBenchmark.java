// SPDX-License-Identifier: Apache-2.0
package io.culvert.bench;

import io.culvert.maps.MapCatalogue;
import io.culvert.maps.datapath.DatapathPins;
import io.culvert.net.IpFamily;
import io.culvert.observability.api.flow.FlowFilter;
import io.culvert.observability.api.observer.GetFlowsRequest;
import io.culvert.observability.api.observer.GetFlowsResponse;
import io.culvert.observability.api.observer.ObserverGrpc;
import io.culvert.observability.api.observer.ServerStatusRequest;
import io.culvert.observability.api.observer.ServerStatusResponse;
import io.culvert.testkit.lab.Lab;
import io.culvert.testkit.lab.LabNode;
import io.culvert.testkit.lab.PodAttachment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/// How long an agent whose store is full takes to answer who asks for the last 100 flows that a filter wants, over
/// the Hubble API on its Unix socket: from the call to the end of the answer. The first question of each kind that
/// it is asked, and later ones.
final class FlowQuestionBenchmark {

    private static final int WANTED = 100;
    private static final int RATE = 400_000;
    private static final double TURN_SECONDS = 0.5;
    private static final int MOST_TURNS = 40;

    private final Path culvert;
    private final int rounds;

    FlowQuestionBenchmark(Path culvert, int rounds) {
        this.culvert = culvert;
        this.rounds = rounds;
    }

    /// @param first milliseconds of the first question of this kind
    /// @param later the median of those after it
    /// @param found how many of the 100 there were
    record Answer(String what, double first, double later, int found) {}

    /// @param flows that the agent kept when it was asked
    record Result(long flows, List<Answer> answers) {}

    Result run() throws IOException, InterruptedException {
        try (Lab lab = Lab.builder()
                .families(IpFamily.IPV4)
                .node("n1", PodAttachment.ROUTED)
                .create()) {
            LabNode node = lab.node("n1");
            node.writeManifest("pods.yaml", FlowCluster.manifest());
            LabAgent.start(node, culvert);
            try (FlowClients.Client client = FlowClients.Client.of(node.runDir().resolve("hubble.sock"))) {
                ObserverGrpc.ObserverBlockingStub agent = ObserverGrpc.newBlockingStub(client.channel());
                long flows = fill(node, agent);
                List<Answer> answers = new ArrayList<>();
                for (Map.Entry<String, FlowFilter> filter :
                        FlowStoreBenchmark.filters().entrySet()) {
                    Progress.say("flows: question by " + filter.getKey());
                    answers.add(ask(agent, filter.getKey(), filter.getValue()));
                }
                return new Result(flows, answers);
            }
        }
    }

    /// Programs tell until the store can hold no more.
    private static long fill(LabNode node, ObserverGrpc.ObserverBlockingStub agent) throws IOException {
        try (MapCatalogue maps = DatapathPins.open(node.bpffs()).orElseThrow();
                FlowSource source = FlowSource.into(maps)) {
            for (int turn = 0; turn < MOST_TURNS; turn++) {
                Progress.say("flows: filling the store of an agent");
                long _ = source.tell(FlowSource.Kind.AGGREGATED, RATE, TURN_SECONDS);
                ServerStatusResponse status = agent.serverStatus(ServerStatusRequest.getDefaultInstance());
                if (status.getNumFlows() >= status.getMaxFlows()) {
                    return status.getNumFlows();
                }
            }
        }
        throw new IllegalStateException("the agent's store of flows does not become full");
    }

    private Answer ask(ObserverGrpc.ObserverBlockingStub agent, String what, FlowFilter filter) {
        GetFlowsRequest question = GetFlowsRequest.newBuilder()
                .setNumber(WANTED)
                .addWhitelist(filter)
                .build();
        List<Double> millis = new ArrayList<>();
        int found = 0;
        for (int round = 0; round <= rounds; round++) {
            long start = System.nanoTime();
            found = flows(agent.getFlows(question));
            millis.add((System.nanoTime() - start) / 1e6);
        }
        return new Answer(what, millis.getFirst(), Median.of(millis.subList(1, millis.size())), found);
    }

    private static int flows(Iterator<GetFlowsResponse> answer) {
        int flows = 0;
        while (answer.hasNext()) {
            flows += answer.next().hasFlow() ? 1 : 0;
        }
        return flows;
    }
}
