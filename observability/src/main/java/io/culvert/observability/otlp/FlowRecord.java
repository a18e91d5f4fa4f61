// SPDX-License-Identifier: Apache-2.0
package io.culvert.observability.otlp;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.logs.data.Body;
import io.opentelemetry.sdk.logs.data.LogRecordData;
import io.opentelemetry.sdk.resources.Resource;

/// A record of a log.
///
/// @param time when it was, nanoseconds of the wall clock
/// @param observed when it was read
record FlowRecord(
        Resource resource,
        InstrumentationScopeInfo scope,
        String name,
        long time,
        long observed,
        Severity severity,
        String text,
        Attributes attributes)
        implements LogRecordData {

    @Override
    public Resource getResource() {
        return resource;
    }

    @Override
    public InstrumentationScopeInfo getInstrumentationScopeInfo() {
        return scope;
    }

    @Override
    public String getEventName() {
        return name;
    }

    @Override
    public long getTimestampEpochNanos() {
        return time;
    }

    @Override
    public long getObservedTimestampEpochNanos() {
        return observed;
    }

    @Override
    public SpanContext getSpanContext() {
        return SpanContext.getInvalid();
    }

    @Override
    public Severity getSeverity() {
        return severity;
    }

    @Override
    public String getSeverityText() {
        return severity.name();
    }

    @Override
    @SuppressWarnings("deprecation")
    public Body getBody() {
        return Body.string(text);
    }

    @Override
    public Value<?> getBodyValue() {
        return Value.of(text);
    }

    @Override
    public Attributes getAttributes() {
        return attributes;
    }

    @Override
    public int getTotalAttributeCount() {
        return attributes.size();
    }
}
