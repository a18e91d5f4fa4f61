// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import java.util.List;

/// A process that makes a lab with a running process in it and then waits to be ended.
final class LabOwner {

    private static final int STARTERS = 4;

    private LabOwner() {}

    /// @param args `busy`: it goes on starting processes meanwhile, in several threads
    public static void main(String[] args) throws InterruptedException {
        Lab lab = Lab.builder().node("n1", PodAttachment.ROUTED, "p1").create();
        lab.pod("p1").start("sleeper", List.of("sleep", "1000"));
        for (int i = 0; i < (args.length == 0 ? 0 : STARTERS); i++) {
            Thread.ofPlatform().daemon().start(() -> keepStarting(lab));
        }
        System.out.println("lab is up");
        Thread.currentThread().join();
    }

    private static void keepStarting(Lab lab) {
        LabPod pod = lab.pod("p1");
        try {
            for (int i = 0; ; i++) {
                pod.start("sleeper" + i, List.of("sleep", "1000"));
                pod.exec("true");
            }
        } catch (LabException e) {
            // The lab is being removed.
        }
    }
}
