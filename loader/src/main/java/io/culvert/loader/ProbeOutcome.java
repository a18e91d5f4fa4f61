// SPDX-License-Identifier: Apache-2.0
package io.culvert.loader;

import java.util.Set;

/// What trying a feature gave.
///
/// @param result of a libbpf function: the negative errno, or success
/// @param yes errors that only a kernel with the feature gives
/// @param no errors that say that the kernel does not know what was asked
record ProbeOutcome(int result, Set<Errno> yes, Set<Errno> no) {

    /// Success is yes, and so are no errors; EINVAL, what the kernel answers to numbers that it does not
    /// know, is no.
    static ProbeOutcome of(int result) {
        return new ProbeOutcome(result, Set.of(), Set.of(Errno.EINVAL, Errno.EOPNOTSUPP, Errno.ENOTSUPP));
    }

    /// For a call that must fail: with this error where the feature exists.
    static ProbeOutcome expecting(Errno error, int result) {
        return new ProbeOutcome(result, Set.of(error), Set.of(Errno.EINVAL, Errno.EOPNOTSUPP, Errno.ENOTSUPP));
    }

    FeatureResult judge(String needs) {
        Errno errno = Errno.ofResult(result);
        if (result >= 0 || yes.contains(errno)) {
            return new FeatureResult.Supported();
        }
        if (no.contains(errno)) {
            return new FeatureResult.Unsupported(needs);
        }
        String remedy = Remedy.of(errno);
        return new FeatureResult.Inconclusive(errno + (remedy.isEmpty() ? "" : "; " + remedy));
    }
}
