// SPDX-License-Identifier: Apache-2.0
package io.culvert.maps;

/// One entry of `culvert map dump`, for people.
public record MapEntry(String key, String value) {}
