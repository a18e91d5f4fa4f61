// SPDX-License-Identifier: Apache-2.0
package io.culvert.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpPrefixTest {

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3/8, 10.0.0.0/8",
        "10.1.2.3/32, 10.1.2.3/32",
        "10.1.2.3/0, 0.0.0.0/0",
        "fd00:1::1/16, fd00::/16",
        "fd00::1:2:3:4/64, fd00::/64",
        "fd00::1:2:3:4/80, fd00::1:0:0:0/80",
        "fd00::1/128, fd00::1/128",
        "fd00::1/0, ::/0"
    })
    void bitsBeyondTheLengthAreCleared(String text, String expected) {
        assertThat(IpPrefix.parse(text)).map(IpPrefix::toString).hasValue(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "fd00::/129", "/8", "x/8", "10.0.0.0/1000"
            })
    void whatIsNoPrefixIsEmpty(String text) {
        assertThat(IpPrefix.parse(text)).isEmpty();
    }

    @Test
    void aBlockContainsAddressesOfItsOwnFamilyOnly() {
        IpPrefix all = IpPrefix.parse("::/0").orElseThrow();
        IpPrefix ten = IpPrefix.parse("10.0.0.0/8").orElseThrow();

        assertThat(all.contains(IpAddress.of("fd00::1"))).isTrue();
        assertThat(all.contains(IpAddress.of("10.0.0.1"))).isFalse();
        assertThat(ten.contains(IpAddress.of("10.255.0.1"))).isTrue();
        assertThat(ten.contains(IpAddress.of("11.0.0.1"))).isFalse();
    }
}
