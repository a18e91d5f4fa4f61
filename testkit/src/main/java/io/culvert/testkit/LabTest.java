// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// A class of tests that use a [io.culvert.testkit.lab.Lab]: a [KernelTest] with the lab's prerequisites, whose
/// failures show the logs of the lab's processes.
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@KernelTest(commands = {"ip", "nsenter", "python3"})
@ExtendWith(LabLogsOnFailure.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("lab")
public @interface LabTest {}
