// SPDX-License-Identifier: Apache-2.0
package io.culvert.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/// A test, or a class of tests, that needs a real kernel and root.
///
/// It is skipped in two cases only: the running kernel is older than [#min()], or the test does not run as root. With
/// `-Dkernel.required=true` each of these is a failure instead. Whatever else is missing (a command of [#commands()], a
/// mount, a kernel option) makes the test fail, so that nothing is skipped in silence.
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(KernelTestCondition.class)
@Tag("kernel")
public @interface KernelTest {

    /// The oldest kernel that has what the test needs, as `major.minor`.
    String min() default "6.1";

    /// Programs that must be on the `PATH`.
    String[] commands() default {};
}
