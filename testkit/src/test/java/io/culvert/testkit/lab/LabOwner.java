// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit.lab;

import java.util.List;

/// A process that makes a lab with a running process in it and then waits to be ended.
final class LabOwner {

    private LabOwner() {}

    public static void main(String[] args) throws InterruptedException {
        Lab lab = Lab.builder().node("n1", PodAttachment.ROUTED, "p1").create();
        lab.pod("p1").start("sleeper", List.of("sleep", "1000"));
        System.out.println("lab is up");
        Thread.currentThread().join();
    }
}
