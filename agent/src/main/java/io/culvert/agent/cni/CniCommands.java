// SPDX-License-Identifier: Apache-2.0
package io.culvert.agent.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.culvert.agent.cni.PodAdmission.Admission;
import io.culvert.agent.cni.PodAdmission.Refused;
import java.time.Duration;

/// Answers requests of the plugin. Source: CNI specification 1.1, section 2 to 5.
final class CniCommands {

    private final PodAdmission admission;
    private final Duration patience;

    CniCommands(PodAdmission admission, Duration patience) {
        this.admission = admission;
        this.patience = patience;
    }

    CniAnswer answer(byte[] bytes) throws InterruptedException {
        CniRequest request;
        try {
            request = CniRequest.parse(bytes);
        } catch (CniException e) {
            return e.toAnswer("1.1.0");
        }
        try {
            return answer(request);
        } catch (CniException e) {
            return e.toAnswer(request.version());
        }
    }

    private CniAnswer answer(CniRequest request) throws CniException, InterruptedException {
        String command = request.required("CNI_COMMAND");
        return switch (command) {
            case "ADD" -> add(request);
            case "CHECK" -> check(request);
            case "DEL" -> {
                admission.release(request.required("CNI_CONTAINERID"));
                yield CniAnswer.NOTHING;
            }
            case "STATUS", "GC" -> CniAnswer.NOTHING;
            default ->
                throw new CniException(
                        CniAnswer.Code.ENVIRONMENT,
                        "CNI_COMMAND " + command + " is not one of ADD, CHECK, DEL, GC, STATUS, VERSION");
        };
    }

    private CniAnswer add(CniRequest request) throws CniException, InterruptedException {
        PodSandbox sandbox = request.sandbox();
        Admission admitted = admission.admit(sandbox, patience);
        if (admitted instanceof Refused(String reason)) {
            return refused(request, "start pod " + sandbox.pod() + ": " + reason);
        }
        JsonNode result = request.previous().deepCopy();
        ((ObjectNode) result).put("cniVersion", request.version());
        return new CniAnswer(true, result + "\n");
    }

    private CniAnswer check(CniRequest request) throws CniException {
        if (admission.check(request.required("CNI_CONTAINERID")) instanceof Refused(String reason)) {
            return refused(
                    request, "check the pod of container " + request.required("CNI_CONTAINERID") + ": " + reason);
        }
        return CniAnswer.NOTHING;
    }

    private static CniAnswer refused(CniRequest request, String message) {
        return CniAnswer.error(request.version(), CniAnswer.Code.TRY_AGAIN_LATER, message);
    }
}
