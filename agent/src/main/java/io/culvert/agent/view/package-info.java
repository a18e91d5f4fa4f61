// SPDX-License-Identifier: Apache-2.0
/// What verbs print, as records whose components are the keys of JSON and YAML, and the writers for each format.
@NullMarked
package io.culvert.agent.view;

import org.jspecify.annotations.NullMarked;
