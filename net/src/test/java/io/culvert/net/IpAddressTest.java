// SPDX-License-Identifier: Apache-2.0
package io.culvert.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IpAddressTest {

    @ParameterizedTest
    @CsvSource({
        "10.96.0.10, 10.96.0.10",
        "010.096.000.010, 10.96.0.10",
        "::ffff:10.96.0.10, 10.96.0.10",
        "FD00::1, fd00::1",
        "fd00:0:0:1:0:0:0:1, fd00:0:0:1::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "::, ::",
        "::1, ::1",
        "fd00::, fd00::",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221"
    })
    void readsAndWritesText(String text, String canonical) {
        assertThat(IpAddress.parse(text).map(IpAddress::toString)).contains(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1.2.3",
                "1.2.3.4.5",
                "256.0.0.1",
                "1.2.3.-4",
                "1.2.3.4 ",
                "localhost",
                ":",
                ":::",
                "1::2::3",
                "12345::",
                "g::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7::8",
                "::1.2.3",
                "fe80::1%eth0",
                "٣.1.1.1",
                "::٣"
            })
    void refusesWhatIsNotAnAddress(String text) {
        assertThat(IpAddress.parse(text)).isEmpty();
    }

    @Test
    void agreesWithTheJdkOnRandomAddresses() throws UnknownHostException {
        long seed = System.nanoTime();
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        for (int i = 0; i < 10_000; i++) {
            IpAddress address = random.nextBoolean()
                    ? IpAddress.ofV4(random.nextInt())
                    : new IpAddress(
                            sparse(random.nextLong(), random.nextInt(16)),
                            sparse(random.nextLong(), random.nextInt(16)));
            assertThat(IpAddress.of(InetAddress.getByName(address.toString())))
                    .as("seed %d", seed)
                    .isEqualTo(address);
            assertThat(IpAddress.parse(address.toString())).as("seed %d", seed).contains(address);
            assertThat(IpAddress.ofBytes(address.toBytes())).as("seed %d", seed).isEqualTo(address);
        }
    }

    /// Zeroes some 16-bit groups, so that `::` is exercised.
    private static long sparse(long bits, int groups) {
        long value = bits;
        for (int i = 0; i < 4; i++) {
            if ((groups & 1 << i) != 0) {
                value &= ~(0xffffL << (16 * i));
            }
        }
        return value;
    }
}
