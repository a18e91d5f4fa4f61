// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.explain;

import io.culvert.maps.DropReason;
import io.culvert.maps.IpPort;
import io.culvert.maps.datapath.ServiceOutcome;
import java.util.List;

/// What tables say becomes of a new connection.
sealed interface ExpectedOutcome {

    /// It goes to one of these.
    record Backends(List<IpPort> ends) implements ExpectedOutcome {

        public Backends {
            ends = List.copyOf(ends);
        }

        @Override
        public String text() {
            return ends.size() == 1 ? "goes to " + ends.getFirst() : "goes to one of " + ends.size() + " backends";
        }

        @Override
        public boolean agrees(ServiceOutcome outcome) {
            return switch (outcome) {
                case ServiceOutcome.Translated translated -> ends.contains(translated.backend());
                // Dialled by the address of the backend itself.
                case ServiceOutcome.Passed _ -> ends.size() == 1;
                default -> false;
            };
        }
    }

    /// Nobody serves the client.
    record Refused() implements ExpectedOutcome {

        @Override
        public String text() {
            return "is refused: the Service has no endpoint that is ready";
        }

        @Override
        public boolean agrees(ServiceOutcome outcome) {
            return outcome instanceof ServiceOutcome.Refused;
        }
    }

    /// It runs into a timeout.
    record Dropped(DropReason reason, String why) implements ExpectedOutcome {

        @Override
        public String text() {
            return "is dropped: " + why;
        }

        @Override
        public boolean agrees(ServiceOutcome outcome) {
            return outcome instanceof ServiceOutcome.Dropped dropped && dropped.reason() == reason;
        }
    }

    /// Nothing is published.
    record Passed() implements ExpectedOutcome {

        @Override
        public String text() {
            return "goes on as it is: nothing is published for the Service";
        }

        @Override
        public boolean agrees(ServiceOutcome outcome) {
            return outcome instanceof ServiceOutcome.Passed;
        }
    }

    /// It is none of a Service's.
    record NoFrontend() implements ExpectedOutcome {

        @Override
        public String text() {
            return "is no connection to a Service: the kernel has no such frontend";
        }

        @Override
        public boolean agrees(ServiceOutcome outcome) {
            return outcome instanceof ServiceOutcome.NoFrontend || outcome instanceof ServiceOutcome.Refused;
        }
    }

    /// For people.
    String text();

    /// Whether programs come to the same end.
    boolean agrees(ServiceOutcome outcome);
}
