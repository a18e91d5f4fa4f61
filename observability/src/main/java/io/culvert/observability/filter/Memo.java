// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.filter;

import java.util.Arrays;

/// Answers to a question about three numbers, as many as there is room for. Flows ask the same ones over and over.
final class Memo {

    private static final int SLOT_BITS = 10;
    private static final int SLOTS = 1 << SLOT_BITS;
    private static final byte UNKNOWN = 0;
    private static final byte NO = 1;
    private static final byte YES = 2;
    private static final long SPREAD = 0x9e3779b97f4a7c15L;

    private final Question question;
    private final long[] firsts = new long[SLOTS];
    private final long[] seconds = new long[SLOTS];
    private final int[] thirds = new int[SLOTS];
    private final byte[] answers = new byte[SLOTS];
    private boolean used;

    /// Answers may change with time.
    interface Question {
        boolean ask(long first, long second, int third);
    }

    Memo(Question question) {
        this.question = question;
    }

    boolean test(long first, long second, int third) {
        int slot = (int) ((((first * 31 + second) * 31 + third) * SPREAD) >>> (Long.SIZE - SLOT_BITS));
        byte answer = answers[slot];
        if (answer != UNKNOWN && firsts[slot] == first && seconds[slot] == second && thirds[slot] == third) {
            return answer == YES;
        }
        boolean found = question.ask(first, second, third);
        firsts[slot] = first;
        seconds[slot] = second;
        thirds[slot] = third;
        answers[slot] = found ? YES : NO;
        used = true;
        return found;
    }

    /// Forgets the answers.
    void clear() {
        if (used) {
            Arrays.fill(answers, UNKNOWN);
            used = false;
        }
    }
}
