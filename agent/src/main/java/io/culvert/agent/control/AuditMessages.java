// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.control;

import io.culvert.agent.control.v1.AuditDifference;
import io.culvert.agent.control.v1.AuditReport;
import io.culvert.agent.view.AuditView;

/// Audits as messages of `control.proto`, and back.
final class AuditMessages {

    private AuditMessages() {}

    static AuditReport of(AuditView view) {
        AuditReport.Builder message = AuditReport.newBuilder()
                .setCompared(view.compared())
                .setTotal(view.total())
                .setRemaining(view.remaining())
                .addAllFailures(view.failures());
        view.differences()
                .forEach(row -> message.addDifferences(AuditDifference.newBuilder()
                        .setMap(row.map())
                        .setKey(row.key())
                        .setExpected(row.expected())
                        .setFound(row.found())));
        return message.build();
    }

    static AuditView of(AuditReport message) {
        return new AuditView(
                message.getCompared(),
                message.getTotal(),
                message.getRemaining(),
                message.getDifferencesList().stream()
                        .map(row -> new AuditView.Row(row.getMap(), row.getKey(), row.getExpected(), row.getFound()))
                        .toList(),
                message.getFailuresList().stream().toList());
    }
}
