// SPDX-License-Identifier: Apache-2.0
/// A real browser for tests of pages: headless Chromium, driven by its DevTools protocol over a WebSocket.
@NullMarked
package io.culvert.testkit.browser;

import org.jspecify.annotations.NullMarked;
