// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/// What the functions of a compiled object take of the stack while they call each other, callbacks of helpers among
/// them. Read from the instructions (kernel: Documentation/bpf/standardization/instruction-set.rst).
final class CallChains {

    private static final int INSTRUCTION = 8;
    private static final int FRAME_POINTER = 10;
    private static final int LOAD = 1;
    private static final int STORE = 2;
    private static final int STORE_REGISTER = 3;
    private static final int MOVE = 0xbf;
    private static final int ADD = 0x07;
    private static final int CALL = 0x85;
    private static final int PSEUDO_CALL = 1;
    private static final int LOAD_ADDRESS = 0x18;

    /// @param bytes of its stack
    private record Function(String name, int bytes, Set<String> calls) {}

    /// Functions that call each other, the outermost first.
    ///
    /// @param bytes of all their stacks, each rounded up
    record Chain(int bytes, List<String> functions) {

        /// For example `288: xdp_lb, flow_find`.
        @Override
        public String toString() {
            return bytes + ": " + String.join(", ", functions);
        }
    }

    private final Map<String, Function> functions = new TreeMap<>();
    private final int frame;

    /// @param elf compiled for BPF, little-endian
    /// @param frame bytes of which the stack of a function takes a multiple
    CallChains(byte[] elf, int frame) {
        this.frame = frame;
        var object = new ElfObject(ByteBuffer.wrap(elf).order(ByteOrder.LITTLE_ENDIAN));
        object.functions().forEach(symbol -> functions.put(symbol.name(), read(object, symbol)));
    }

    private static Function read(ElfObject object, ElfObject.Symbol symbol) {
        ByteBuffer code = object.code(symbol);
        Set<Integer> addresses = new HashSet<>();
        Set<String> calls = new HashSet<>();
        int bytes = 0;
        for (int at = 0; at < code.limit(); at += INSTRUCTION) {
            int operation = Byte.toUnsignedInt(code.get(at));
            int target = code.get(at + 1) & 0xf;
            int source = code.get(at + 1) >> 4 & 0xf;
            int offset = code.getShort(at + 2);
            int number = code.getInt(at + 4);
            int kind = operation & 7;
            boolean inFrame = (kind == LOAD && source == FRAME_POINTER)
                    || ((kind == STORE || kind == STORE_REGISTER) && target == FRAME_POINTER);
            if (inFrame) {
                bytes = Math.max(bytes, -offset);
            } else if (operation == MOVE && source == FRAME_POINTER) {
                addresses.add(target);
            } else if (operation == ADD && addresses.remove(target)) {
                bytes = Math.max(bytes, -number);
            } else if (operation == CALL && source == PSEUDO_CALL) {
                calls.add(object.called(symbol, at, number));
            } else if (operation == LOAD_ADDRESS) {
                object.callback(symbol, at, number).ifPresent(calls::add);
                at += INSTRUCTION;
            }
        }
        return new Function(symbol.name(), bytes, calls);
    }

    /// Of those that begin with each function the one that takes most.
    List<Chain> all() {
        return functions.values().stream().map(this::deepest).toList();
    }

    private Chain deepest(Function first) {
        Chain rest = first.calls().stream()
                .map(name -> deepest(Objects.requireNonNull(functions.get(name), name)))
                .max(Comparator.comparingInt(Chain::bytes))
                .orElse(new Chain(0, List.of()));
        List<String> names = new ArrayList<>(List.of(first.name()));
        names.addAll(rest.functions());
        int own = (Math.max(1, first.bytes()) + frame - 1) / frame * frame;
        return new Chain(own + rest.bytes(), List.copyOf(names));
    }
}
