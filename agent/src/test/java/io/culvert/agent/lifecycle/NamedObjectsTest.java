// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.cluster.ClusterState;
import io.culvert.cluster.ObjectName;
import io.culvert.servicelb.conntrack.FlowFilter;
import org.junit.jupiter.api.Test;

class NamedObjectsTest {

    @Test
    void whatIsNotThereIsRefusedWithARemedy() {
        FlowFilter service = FlowFilter.ALL.withService(new ObjectName("default", "webb"));
        assertThatThrownBy(() -> NamedObjects.resolve(service, ClusterState.EMPTY))
                .hasMessage(
                        "find Service default/webb: there is none; culvert service list shows those that are served");
        FlowFilter pod = FlowFilter.ALL.withPod(new ObjectName("default", "web-0"));
        assertThatThrownBy(() -> NamedObjects.resolve(pod, ClusterState.EMPTY))
                .hasMessage("find pod default/web-0: there is none that the agent knows; name its address instead");
    }

    @Test
    void aFilterWithoutNamesStaysAsItIs() {
        assertThat(NamedObjects.resolve(FlowFilter.ALL, ClusterState.EMPTY)).isEqualTo(FlowFilter.ALL);
    }
}
