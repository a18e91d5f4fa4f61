// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps.datapath;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/// What a [DsrFixture] is made for, one after the other: each family and header, and each kind of frontend with both.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedClass(name = "{0} geneve {1} {2}")
@CsvSource({
    "IPV4, false, NODE_PORT",
    "IPV4, true, NODE_PORT",
    "IPV6, false, NODE_PORT",
    "IPV6, true, NODE_PORT",
    "IPV4, false, EXTERNAL_IP",
    "IPV4, true, LOAD_BALANCER",
    "IPV6, false, LOAD_BALANCER",
    "IPV6, true, EXTERNAL_IP"
})
@interface DsrCases {}
