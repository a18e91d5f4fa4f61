// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.culvert.testkit.KernelTest;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What all attachments have in common, on each kind of hook.
@KernelTest(
        min = "6.6",
        commands = {"clang", "ip", "bash"})
class AttachmentKernelTest {

    private final PinDirectory pins = PinDirectory.open(
            Path.of("/sys/fs/bpf/culvert-ld-" + ProcessHandle.current().pid()));
    private final BpfObject object =
            TestObjects.programs().configure("config_verdict", -1).load();
    private final Arena arena = Arena.ofShared();
    private MemorySegment counts = MemorySegment.NULL;

    @BeforeEach
    void mapCounters() {
        counts = object.map("counts").mmap(arena);
    }

    @AfterEach
    void clean() {
        pins.pinnedLinks().forEach(Pins::remove);
        pins.remove();
        arena.close();
        object.close();
    }

    private long runs(int counter) {
        return counts.getAtIndex(ValueLayout.JAVA_LONG, counter);
    }

    /// Provokes the hook and tells whether exactly this program ran.
    private boolean onlyRuns(TestHook.Scene scene, int counter) {
        long wanted = runs(counter);
        long other = runs(counter ^ 1);
        scene.provoke();
        return runs(counter) > wanted && runs(counter ^ 1) == other;
    }

    private boolean nothingRuns(TestHook.Scene scene, int counter) {
        long before = runs(counter) + runs(counter ^ 1);
        scene.provoke();
        return runs(counter) + runs(counter ^ 1) == before;
    }

    @ParameterizedTest
    @EnumSource
    void attachedProgramRunsUntilItIsReplacedAndClosed(TestHook hook) {
        try (TestHook.Scene scene = hook.set()) {
            scene.inside(() -> {
                try (Attachment attachment = scene.attach(object.program(hook.first))) {
                    assertThat(attachment.describe()).startsWith(hook.description);
                    assertThat(attachment.programId())
                            .contains(object.program(hook.first).info().id());
                    assertThat(onlyRuns(scene, hook.counter)).isTrue();
                    attachment.replace(object.program(hook.second));
                    assertThat(attachment.programId())
                            .contains(object.program(hook.second).info().id());
                    assertThat(onlyRuns(scene, hook.counter + 1)).isTrue();
                }
                assertThat(nothingRuns(scene, hook.counter)).isTrue();
                return hook;
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void pinnedAttachmentStaysAndIsAdopted(TestHook hook) {
        Path pin = pins.link("hook");
        try (TestHook.Scene scene = hook.set()) {
            scene.inside(() -> {
                assertThat(Attachment.adopt(pin)).isEmpty();
                try (Attachment attachment = scene.attach(object.program(hook.first))) {
                    attachment.pin(pin);
                    assertThat(attachment.pinnedAt()).contains(pin);
                }
                assertThat(onlyRuns(scene, hook.counter))
                        .as("runs on after close")
                        .isTrue();
                Attachment adopted = Attachment.adopt(pin).orElseThrow();
                assertThat(adopted.pinnedAt()).contains(pin);
                assertThat(adopted.describe()).startsWith(hook.description);
                assertThat(adopted.programId())
                        .contains(object.program(hook.first).info().id());
                adopted.replace(object.program(hook.second));
                adopted.close();
                assertThat(onlyRuns(scene, hook.counter + 1))
                        .as("replaced, runs on after close")
                        .isTrue();
                Attachment again = Attachment.adopt(pin).orElseThrow();
                again.detach();
                assertThat(pin).doesNotExist();
                assertThat(nothingRuns(scene, hook.counter)).as("detached").isTrue();
                return hook;
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void attachmentWhoseTargetIsGoneSaysSoAndCanBeDetached(TestHook hook) {
        Path pin = pins.link("hook");
        try (TestHook.Scene scene = hook.set()) {
            scene.inside(() -> {
                Attachment attachment = scene.attach(object.program(hook.first));
                attachment.pin(pin);
                scene.removeTarget();
                // The kernel takes the programs off a removed cgroup some time later.
                await().until(() -> attachment.programId().isEmpty());
                assertThatExceptionOfType(SystemCallException.class)
                        .isThrownBy(() -> attachment.replace(object.program(hook.second)))
                        .withMessageStartingWith("replace the program of ")
                        .withMessageEndingWith("(ENOLINK); its interface or cgroup is gone; detach it and attach anew");
                attachment.close();
                Attachment adopted = Attachment.adopt(pin).orElseThrow();
                assertThat(adopted.programId()).isEmpty();
                adopted.detach();
                assertThat(pin).doesNotExist();
                return hook;
            });
        }
    }

    @Test
    void whatIsNoAttachmentIsNotAdopted() {
        Path pin = pins.map("seen");
        object.map("seen").pin(pin);
        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> Attachment.adopt(pin))
                .withMessage("adopt " + pin + ": not an attachment of Culvert: it is the map seen (HASH, 4 entries)");
        assertThat(Files.exists(pin)).isTrue();
        Path program = pins.link("program");
        object.program("first").pin(program);
        assertThatExceptionOfType(InvalidObjectException.class)
                .isThrownBy(() -> Attachment.adopt(program))
                .withMessageEndingWith("it is neither a link nor the record of a filter");
    }
}
