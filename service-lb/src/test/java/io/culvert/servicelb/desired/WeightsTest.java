// SPDX-License-Identifier: Apache-2.0
package io.culvert.servicelb.desired;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.culvert.cluster.Endpoint;
import io.culvert.net.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WeightsTest {

    private static PortEndpoint endpoint(int number, boolean ready, String slice) {
        IpAddress address = IpAddress.of("10.1." + number / 250 + "." + number % 250);
        Endpoint endpoint = new Endpoint(address, ready, true, !ready, "n1", null, Set.of(), Set.of());
        return new PortEndpoint(address, 80, endpoint, false, slice, 1);
    }

    private static List<PortEndpoint> slice(String name, int first, int count) {
        return IntStream.range(first, first + count)
                .mapToObj(i -> endpoint(i, true, name))
                .toList();
    }

    private static List<PortEndpoint> slices(int one, int two) {
        List<PortEndpoint> all = new ArrayList<>(slice("one", 0, one));
        all.addAll(slice("two", one, two));
        return all;
    }

    private static List<Integer> weights(String annotation, List<PortEndpoint> endpoints) {
        return Weights.parse(annotation).orElseThrow().assign(endpoints, Optional.empty()).stream()
                .map(PortEndpoint::weight)
                .toList();
    }

    private static double part(List<Integer> weights, int first, int last) {
        double sum = weights.stream().mapToInt(i -> i).sum();
        return weights.subList(first, last).stream().mapToInt(i -> i).sum() / sum;
    }

    @Test
    void aGroupHasItsPartWhateverItsSize() {
        assertThat(weights("slice: one=9,two=1", slices(3, 1))).containsExactly(3, 3, 3, 1);
        assertThat(weights("slice: one=9,two=1", slices(9, 1))).containsOnly(1);
        assertThat(weights("slice: one=9,two=1", slices(1, 4))).containsExactly(36, 1, 1, 1, 1);
    }

    @Test
    void aGroupWithoutWeightHasNone() {
        assertThat(weights("slice: one=9,two=0", slices(2, 2))).containsExactly(1, 1, 0, 0);
        assertThat(weights("slice: one=0,two=0", slices(2, 2))).containsOnly(0);
    }

    @Test
    void othersCountOneUnlessSomethingIsSaidOfThem() {
        assertThat(weights("slice: one=3", slices(1, 1))).containsExactly(3, 1);
        assertThat(weights("slice: one=3,*=0", slices(1, 1))).containsExactly(1, 0);
        assertThat(weights("slice: * = 5 , one = 10", slices(1, 1))).containsExactly(2, 1);
    }

    @Test
    void whatIsNotReadyDoesNotCountInAGroupThatHasReadyOnes() {
        List<PortEndpoint> endpoints = new ArrayList<>(slices(2, 1));
        endpoints.add(endpoint(77, false, "one"));

        assertThat(weights("slice: one=8,two=4", endpoints).subList(0, 3)).containsExactly(1, 1, 1);
    }

    @Test
    void partsAreCloseWhereWholeNumbersCannotSayThem() {
        List<Integer> weights = weights("slice: one=60000,two=1", slices(997, 991));

        assertThat(part(weights, 997, 1988)).isPositive();
        assertThat(weights).allMatch(weight -> weight >= 1 && weight <= Weights.MOST);
        assertThat(part(weights("slice: one=9,two=1", slices(997, 991)), 997, 1988))
                .isCloseTo(0.1, within(1e-4));
    }

    @Test
    void podsAreOfTheGroupOfTheirLabel() {
        Map<IpAddress, Map<String, String>> labels = Map.of(
                IpAddress.of("10.1.0.0"), Map.of("track", "stable"),
                IpAddress.of("10.1.0.1"), Map.of("track", "canary"));
        Function<PortEndpoint, Map<String, String>> of =
                endpoint -> labels.getOrDefault(endpoint.address(), Map.of("app", "web"));

        assertThat(Weights.parse("pod-label/track: stable=9,canary=1,*=0")
                        .orElseThrow()
                        .assign(slice("one", 0, 3), Optional.of(of)))
                .extracting(PortEndpoint::weight)
                .containsExactly(9, 1, 0);
    }

    @Test
    void whilePodsAreNotKnownWeightsStay() {
        assertThat(Weights.parse("pod-label/track: stable=9")
                        .orElseThrow()
                        .assign(slice("one", 0, 2), Optional.empty()))
                .extracting(endpoint -> endpoint.weightOr(42))
                .containsOnly(42);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "stable=9",
                "pod-label/: a=1",
                "pod-label/track:",
                "pod-label/track: a",
                "pod-label/track: a=-1",
                "pod-label/track: a=65536",
                "pod-label/track: a=1,a=2",
                "pod-label/track: a=1,",
                "label/track: a=1",
                "slice: a=1.5"
            })
    void whatCannotBeReadIsNoWeights(String text) {
        assertThat(Weights.parse(text)).isEmpty();
    }

    @Test
    void anyTextIsReadOrNot() {
        long seed = Long.getLong("seed", new Random().nextLong());
        System.out.println("-Dseed=" + seed);
        Random random = new Random(seed);
        String alphabet = "pod-label/slice:=,*019 ";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "slice:" : "");
            random.ints(random.nextInt(12), 0, alphabet.length()).forEach(at -> text.append(alphabet.charAt(at)));
            assertThat(Weights.parse(text.toString())).isNotNull();
        }
    }
}
